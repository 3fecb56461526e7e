#include <limits>

#include "kernels/piecewise.h"
#include "kernels/test_bench.h"
#include "protocols/plain/plain.h"

namespace sotto::kernels {
namespace {

class Exp : public KernelTest {};
SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Exp);

TEST(FixedExp, AgreesWithTheLibraryToOneUnit) {
  for (int bits : {18, 30, 45, 61})
    for (double x = -40; x < (61 - bits) * 0.69; x += 0.00731) {
      const double exact =
          static_cast<double>(std::exp(static_cast<long double>(rounded(x, 20))) * std::exp2l(bits));
      const auto value = static_cast<double>(fixed_exp(static_cast<std::int64_t>(encoded(x, 20)), 20, bits));
      EXPECT_NEAR(value, exact, 1 + exact * 0x1p-43) << x << " at " << bits;
    }
}

TEST(FixedExp, IsZeroBelowHalfAUnitAndSaturatesAbove) {
  EXPECT_EQ(fixed_exp(0, 18, 18), std::uint64_t{1} << 18);
  EXPECT_EQ(fixed_exp(-(std::int64_t{1000} << 18), 18, 18), 0u);
  EXPECT_EQ(fixed_exp(-(std::int64_t{1} << 40), 0, 18), 0u);
  EXPECT_GE(fixed_exp(std::int64_t{1000} << 18, 18, 18), std::uint64_t{1} << 61);
}

// The lookup's two factors, for every way in which a protocol may split the argument.
TEST(ExpLookup, WithinItsBoundForAllSplits) {
  std::mt19937_64 random(3);
  for (auto [range, bits] : {std::pair{16.0, 18}, {28.0, 18}, {28.0, 22}, {60.0, 18}, {250.0, 18}}) {
    const Domain domain{
        .minimum = -static_cast<std::int64_t>(range * (1 << 18)), .maximum = 0, .fraction_bits = 18};
    const PiecewiseFunction function = exponential(domain, bits, 0);
    const ExponentialError bound = exponential_error(domain, bits, 0);
    double worst = 0;
    for (std::int64_t x = domain.minimum; x <= 0; x += 1 + static_cast<std::int64_t>(range * 13)) {
      const std::uint64_t value = protocols::plain::evaluated(function, static_cast<std::uint64_t>(x),
                                                              random() >> (64 - function.window));
      const double exact = std::exp(decoded(static_cast<std::uint64_t>(x), 18));
      const double error = std::abs(decoded(value, bits) - exact) - exact * bound.relative - bound.absolute;
      worst = std::max(worst, std::ldexp(error, bits));
    }
    EXPECT_LE(worst, 0.501) << "range " << range;  // of rounding in plain
    std::printf("exp on [-%g, 0] at %d bits: %d pieces, error %.3f units before truncation\n", range, bits,
                1 << function.piece_bits, std::ldexp(bound.absolute + bound.relative, bits));
  }
}

Reals sweep(double least, double most, std::size_t count, int fraction_bits) {
  Reals values;
  for (std::size_t i = 0; i < count; ++i)
    values.push_back(rounded(least + (most - least) * static_cast<double>(i) / static_cast<double>(count - 1),
                             fraction_bits));
  return values;
}

TEST_P(Exp, WholeDomainOfModerateResults) {
  const double edge = 4 - 0x1p-18;
  Reals x = sweep(-edge, edge, 6000, 18);
  const Reals more = uniform(3000, -edge, edge, 18, 5);
  x.insert(x.end(), more.begin(), more.end());
  const Reals y =
      run_kernel(table(), "exp", {{number(shape_of(x), 18, 2), x}}, {number(shape_of(x), 18, 6)})[0];
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(y[i], std::exp(x[i]), 1.126 * 0x1p-18) << x[i];
}

// |x| < 16 at 18 bits: results up to 2^24 keep a relative precision of 2^-16.
TEST_P(Exp, WholeDomainOfLargeResults) {
  const double edge = 16 - 0x1p-18;
  const Reals x = sweep(-edge, edge, 9000, 18);
  const Reals y =
      run_kernel(table(), "exp", {{number(shape_of(x), 18, 4), x}}, {number(shape_of(x), 18, 24)})[0];
  for (std::size_t i = 0; i < x.size(); ++i)
    ASSERT_NEAR(y[i], std::exp(x[i]), std::exp(x[i]) * 0x1p-16 + 2 * 0x1p-18) << x[i];
}

TEST_P(Exp, VeryNegativeIsExactlyZero) {
  const Reals x = sweep(-60, -30, 500, 18);
  const Reals y =
      run_kernel(table(), "exp", {{number(shape_of(x), 18, 6), x}}, {number(shape_of(x), 18, 4)})[0];
  for (double value : y) ASSERT_EQ(value, 0.0);
}

TEST(ExpCheck, RefusesWhatItCannotCompute) {
  const auto check = [](ValueType a, ValueType y) {
    return plan_error([&] {
      kernel_named("exp").check(
          {.operands = {}, .operand_types = {a}, .result_types = {y}, .attributes = {}});
    });
  };
  EXPECT_NE(check(number({2}, 18, 20), number({2}, 18, 4)).find("narrow its bound"), std::string::npos);
  EXPECT_NE(check(number({2}, 18, 4), number({2}, 18, 40)).find("too many bits"), std::string::npos);
  EXPECT_NE(check(number({2}, 18, 4), number({3}, 18, 4)).find("shape"), std::string::npos);
  EXPECT_NE(check(bit({2}), number({2}, 18, 4)).find("Boolean"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
