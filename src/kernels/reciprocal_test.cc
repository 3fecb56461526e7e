#include "kernels/reciprocal.h"

#include "kernels/test_bench.h"
#include "protocols/plain/plain.h"

namespace sotto::kernels {
namespace {

class Reciprocal : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Reciprocal);

TEST(ConstantTime, ReciprocalAndLogAreAccurate) {
  for (double x = 0x1p-25; x < 0x1p25; x *= 1.000731) {
    EXPECT_NEAR(constant_time_reciprocal(x) * x, 1.0, 0x1p-44) << x;
    EXPECT_NEAR(constant_time_log(x), std::log(x), 0x1p-44) << x;
  }
}

// The polynomials alone, for every way in which a protocol may split the argument.
TEST(ReciprocalLookup, WithinItsBoundForAllSplits) {
  std::mt19937_64 random(4);
  for (auto [minimum, maximum, bits] : {std::tuple{1.0, 2.0, 30},
                                        {1.0, 16.0, 26},
                                        {1.0, 32.0, 26},
                                        {0.996, 10.04, 24},
                                        {0x1p-8, 0x1p-4, 18},
                                        {300.0, 9600.0, 40},
                                        {0.75, 0.76, 30}}) {
    const PiecewiseFunction function = narrow_reciprocal({minimum, maximum, 18}, bits);
    double worst = 0;
    const auto first = std::llrint(std::ceil(minimum * (1 << 18))),
               last = std::llrint(std::floor(maximum * (1 << 18)));
    for (std::int64_t x = first; x <= last; x += 1 + (last - first) / 30000) {
      const double exact = 1 / decoded(static_cast<std::uint64_t>(x), 18);
      for (std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{random() >> (64 - function.window)}}) {
        const std::uint64_t value =
            protocols::plain::evaluated(function, static_cast<std::uint64_t>(x), offset);
        worst = std::max(worst, (std::abs(decoded(value, bits) - exact) - std::ldexp(0.5, -bits)) / exact);
      }
    }
    EXPECT_LE(worst, 0x1p-17) << minimum << " to " << maximum;
    std::printf("1/x on [%g, %g]: %d pieces x %d terms, relative error 2^%.1f\n", minimum, maximum,
                1 << function.piece_bits, function.terms, std::log2(std::max(worst, 0x1p-60)));
  }
}

Reals across(double minimum, double maximum, std::size_t count, int fraction_bits) {
  Reals values;
  for (std::size_t i = 0; i < count; ++i) {
    const double value =
        minimum * std::pow(maximum / minimum, static_cast<double>(i) / static_cast<double>(count - 1));
    values.push_back(std::min(std::max(rounded(value, fraction_bits), minimum), maximum));
  }
  return values;
}

constexpr std::int64_t kFewBytes = 0, kFewRounds = 2;

TEST_P(Reciprocal, NarrowRanges) {
  for (auto [minimum, maximum] :
       {std::pair{1.0, 16.0}, {1.0, 32.0}, {0.25, 3.0}, {0.9, 1.1}, {0x1p-6, 0x1p-2}, {100.0, 3200.0}})
    for (const auto& [effort, units, relative] :
         {std::tuple{kFewBytes, 1.126, 0x1p-17 + 0x1p-20}, {kFewRounds, 1.001, 0x1p-17}}) {
      const Reals x = across(minimum, maximum, 3000, 18);
      const Reals y =
          run_kernel(table(), "reciprocal", {{number(shape_of(x), 18, 12), x}}, {number(shape_of(x), 18, 7)},
                     {{"minimum", minimum}, {"maximum", maximum}, {"effort", effort}})[0];
      for (std::size_t i = 0; i < x.size(); ++i)
        ASSERT_NEAR(y[i], 1 / x[i], units * 0x1p-18 + relative / x[i]) << x[i] << " effort " << effort;
    }
}

TEST_P(Reciprocal, WideRanges) {
  struct Range {
    double minimum, maximum;
    int fraction, bound, result_fraction, result_bound;
  };
  for (const Range& range : {Range{0x1p-8, 0x1p8, 18, 10, 18, 11},
                             {1, 1000, 18, 10, 18, 11},
                             {0x1p-10, 1, 18, 10, 18, 11},
                             {0x1p-17, 0x1p17, 18, 18, 18, 18},
                             {0x1p-20, 0x1p-12, 24, -11, 18, 21},
                             {0x1p-15, 0x1p19, 16, 20, 18, 16},
                             {0x1p-8, 4096.5, 22, 13, 24, 9}}) {
    Reals x = across(range.minimum, range.maximum, 10000, range.fraction);
    for (int k = std::ilogb(range.minimum) + 1; k <= std::ilogb(range.maximum); ++k)
      for (int off : {-1, 0}) x.push_back(std::ldexp(1.0, k) + std::ldexp(off, -range.fraction));
    const Reals y = run_kernel(table(), "reciprocal", {{number(shape_of(x), range.fraction, range.bound), x}},
                               {number(shape_of(x), range.result_fraction, range.result_bound)},
                               {{"minimum", range.minimum}, {"maximum", range.maximum}})[0];
    const double unit = std::ldexp(1.0, -range.result_fraction);
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      ASSERT_NEAR(y[i], 1 / x[i], 1.126 * unit + (0x1p-17 + 0x1p-20) / x[i]) << x[i];
      worst = std::max(worst, std::abs(y[i] * x[i] - 1) - unit * x[i]);
    }
    std::printf("%s: 1/x on [%g, %g], relative error 2^%.1f beside a unit\n", table().name().c_str(),
                range.minimum, range.maximum, std::log2(std::max(worst, 0x1p-60)));
  }
}

TEST_P(Reciprocal, Quotients) {
  struct Range {
    double minimum, maximum;
    int numerator_bound;
    double units, relative;
    std::int64_t effort = kFewBytes;
  };
  for (const Range& range : {Range{1, 16, 4, 1.07, 0x1p-17, kFewRounds},
                             {100, 3200, 4, 1.07, 0x1p-17, kFewRounds},
                             {1, 16, 4, 1.126, 0x1p-16},
                             {100, 3200, 4, 1.126, 0x1p-16},
                             {0x1p-8, 0x1p8, 4, 1.126, 0x1p-16},
                             {0x1p-2, 0x1p10, 12, 1.126, 0x1p-16},
                             {0x1p-12, 0x1p12, -4, 1.126, 0x1p-16}}) {
    const double most = std::ldexp(0.999, range.numerator_bound);
    const Reals b = across(range.minimum, range.maximum, 6000, 18), a = uniform(6000, -most, most, 18, 6);
    const Reals y =
        run_kernel(table(), "divide",
                   {{number(shape_of(a), 18, range.numerator_bound), a}, {number(shape_of(b), 18, 13), b, 1}},
                   {number(shape_of(b), 18, 14)},
                   {{"minimum", range.minimum}, {"maximum", range.maximum}, {"effort", range.effort}})[0];
    for (std::size_t i = 0; i < b.size(); ++i)
      ASSERT_NEAR(y[i], a[i] / b[i], range.units * 0x1p-18 + std::abs(a[i] / b[i]) * range.relative)
          << a[i] << " / " << b[i];
  }
}

TEST(ReciprocalCheck, RefusesImpossibleRanges) {
  const auto check = [](double minimum, double maximum) {
    return plan_error([&] {
      kernel_named("reciprocal")
          .check({.operands = {},
                  .operand_types = {number({2}, 18, 12)},
                  .result_types = {number({2}, 18, 9)},
                  .attributes = {{"minimum", minimum}, {"maximum", maximum}}});
    });
  };
  EXPECT_NE(check(2, 1).find("range"), std::string::npos);
  EXPECT_NE(check(0, 1).find("positive"), std::string::npos);
  EXPECT_NE(check(-1, 1).find("positive"), std::string::npos);
  EXPECT_NE(check(1, INFINITY).find("positive"), std::string::npos);
  EXPECT_NE(check(NAN, 1).find("positive"), std::string::npos);
  EXPECT_NE(check(0x1p-19, 1).find("last place"), std::string::npos);
  EXPECT_NE(check(1e-30, 1).find("range"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
