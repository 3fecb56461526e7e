#include <algorithm>

#include "kernels/test_bench.h"

namespace sotto::kernels {
namespace {

using Integer = std::int64_t;

class Roots : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Roots);

// Evenly over the logarithms, the ends among them.
Reals across(double minimum, double maximum, std::size_t count, int fraction_bits) {
  Reals values;
  for (std::size_t i = 0; i < count; ++i) {
    const double value =
        minimum * std::pow(maximum / minimum, static_cast<double>(i) / static_cast<double>(count - 1));
    values.push_back(rounded(std::min(std::max(value, minimum), maximum), fraction_bits));
  }
  return values;
}

struct Range {
  double minimum, maximum;
  int fraction, bound, result_fraction, result_bound;
  Integer precision;
};

void expect_roots(const Table& table, const char* kernel, double exponent, const Range& range) {
  const Reals x = across(range.minimum, range.maximum, 20000, range.fraction);
  const Reals y =
      run_kernel(table, kernel, {{number(shape_of(x), range.fraction, range.bound), x}},
                 {number(shape_of(x), range.result_fraction, range.result_bound)},
                 {{"minimum", range.minimum}, {"maximum", range.maximum}, {"precision", range.precision}})[0];
  double worst = 0, squares = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double exact = std::pow(static_cast<long double>(x[i]), exponent);
    ASSERT_NEAR(
        y[i], exact,
        std::ldexp(exact, 1 - static_cast<int>(range.precision)) + std::ldexp(1.001, -range.result_fraction))
        << kernel << " of " << x[i];
    worst = std::max(worst, std::abs(y[i] / exact - 1));
    squares += (y[i] / exact - 1) * (y[i] / exact - 1);
  }
  std::printf("%s %s on [%g, %g], precision %d: relative error 2^%.2f, mean square 2^%.2f\n",
              table.name().c_str(), kernel, range.minimum, range.maximum, static_cast<int>(range.precision),
              std::log2(worst), std::log2(std::sqrt(squares / static_cast<double>(x.size()))));
}

TEST_P(Roots, InverseSquareRootOverItsRange) {
  for (const Range& range : {Range{0x1p-34, 4, 40, 2, 28, 18, 8},
                             {0x1p-34, 4, 40, 2, 20, 18, 8},
                             {0x1p-30, 1, 36, 1, 24, 16, 6},
                             {0.01, 100, 18, 7, 18, 4, 16},
                             {1, 1, 18, 2, 18, 2, 12},
                             {0x1p-8, 0x1p8, 20, 9, 20, 5, 12}})
    expect_roots(table(), "rsqrt", -0.5, range);
}

TEST_P(Roots, SquareRootOverItsRange) {
  for (const Range& range :
       {Range{0x1p-34, 4, 40, 2, 28, 3, 8}, {0x1p-18, 1024, 18, 11, 18, 6, 12}, {0.3, 300, 18, 9, 18, 6, 16}})
    expect_roots(table(), "sqrt", 0.5, range);
}

TEST_P(Roots, BelowTheMinimumCountsAsAboutTheMinimum) {
  const double minimum = 0x1p-20;
  Reals x;
  for (int i = -32; i <= 1024; ++i) x.push_back(minimum * i / 1024.0);
  for (int repeat = 0; repeat < 3; ++repeat) x.insert(x.end(), x.begin(), x.end());
  const Attributes range{{"minimum", minimum}, {"maximum", 1.0}};
  const std::vector<Operand> operand = {{number(shape_of(x), 30, 1), x}};
  const Reals inverse = run_kernel(table(), "rsqrt", operand, {number(shape_of(x), 24, 12)}, range)[0],
              root = run_kernel(table(), "sqrt", operand, {number(shape_of(x), 30, 2)}, range)[0];
  for (std::size_t i = 0; i < x.size(); ++i) {
    ASSERT_LE(inverse[i], 1.02 / std::sqrt(minimum * 0.45)) << x[i];
    ASSERT_GE(inverse[i], 0.99 / std::sqrt(minimum * 1.6)) << x[i];
    ASSERT_LE(root[i], 1.02 * std::sqrt(minimum * 1.6)) << x[i];
    ASSERT_GE(root[i], 0.98 * std::sqrt(minimum * 0.45)) << x[i];
  }
}

TEST(RootsCheck, RefusesImpossibleRanges) {
  const auto check = [](double minimum, double maximum, Integer precision, int result_fraction) {
    return plan_error([&] {
      kernel_named("rsqrt").check(
          {.operands = {},
           .operand_types = {number({2}, 30, 4)},
           .result_types = {number({2}, result_fraction, 9)},
           .attributes = {{"minimum", minimum}, {"maximum", maximum}, {"precision", precision}}});
    });
  };
  EXPECT_NE(check(2, 1, 8, 18).find("empty"), std::string::npos);
  EXPECT_NE(check(0, 1, 8, 18).find("positive"), std::string::npos);
  EXPECT_NE(check(NAN, 1, 8, 18).find("positive"), std::string::npos);
  EXPECT_NE(check(0x1p-40, 1, 8, 18).find("last place"), std::string::npos);
  EXPECT_NE(check(0x1p-20, 1, 5, 18).find("precision"), std::string::npos);
  EXPECT_NE(check(0x1p-20, 0x1p60, 8, 18).find("wide"), std::string::npos);
  EXPECT_NE(check(0x1p-29, 8, 18, 50).find("bits"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
