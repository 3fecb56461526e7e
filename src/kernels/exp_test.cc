#include <limits>
#include <numbers>

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

TEST(ShortExp2, IsWithinItsRelativeErrorAndHalfAUnit) {
  std::mt19937_64 random(8);
  for (const int fraction : {1, 11, 30, 31, 40, 62})
    for (const int result_bits : {0, 9, 30, 45})
      for (int i = 0; i < 20000; ++i) {
        const long double x = std::ldexp(static_cast<long double>(random() >> 11), -53) * 110 - 90;
        if (x + result_bits >= 61 || std::fabs(x) >= std::ldexp(1.0L, 62 - fraction)) continue;
        const auto value = static_cast<std::int64_t>(std::floor(std::ldexp(x, fraction)));
        const long double exact =
            std::ldexp(std::exp2(std::ldexp(static_cast<long double>(value), -fraction)), result_bits);
        const auto found = static_cast<long double>(short_exp2(value, fraction, result_bits));
        ASSERT_LE(std::fabs(found - exact), 0.5L + exact * 0x1p-27L)
            << "2^(" << value << " / 2^" << fraction << ") at " << result_bits << " bits";
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

// The square of a root that its protocol may have truncated either way.
TEST(SquaredExponential, WithinItsBoundForAllSplits) {
  std::mt19937_64 random(4);
  struct Case {
    double minimum, maximum;
    int bits, bound, root_bits;
  };
  // Roots of results below 2^b have (61 - b) / 2 bits.
  for (const Case& c :
       {Case{-16, 16, 18, 24, 18}, {-32, 2.7, 18, 4, 28}, {-64, 0, 18, 0, 30}, {-20, 14, 16, 21, 20}}) {
    const Domain domain{.minimum = static_cast<std::int64_t>(c.minimum * (1 << 18)),
                        .maximum = static_cast<std::int64_t>(c.maximum * (1 << 18)),
                        .fraction_bits = 18};
    const auto square = squared_exponential(domain, c.bits, c.bound);
    ASSERT_TRUE(square.has_value()) << c.minimum;
    EXPECT_EQ(square->truncate_bits, 2 * c.root_bits - c.bits) << c.minimum;
    double worst = 0;
    for (std::int64_t x = domain.minimum; x <= domain.maximum;
         x += 1 + (domain.maximum - domain.minimum) / 60000) {
      const std::uint64_t root = protocols::plain::evaluated(square->root, static_cast<std::uint64_t>(x),
                                                             random() >> (64 - square->root.window));
      const long double exact = std::exp(std::ldexp(static_cast<long double>(x), -18));
      const double allowed = square->error.absolute + static_cast<double>(exact) * square->error.relative;
      // Plain rounds to the nearest; the other way it is half a unit more at most.
      for (double away : {-0.5, 0.5}) {
        const long double value =
            std::ldexp(static_cast<long double>(root) + (root == 0 ? 0 : away), -c.root_bits);
        if (root == 0 && exact < std::ldexp(0.5, -c.bits)) continue;  // the tail
        worst = std::max(worst, static_cast<double>(std::abs(value * value - exact)) / allowed);
      }
    }
    EXPECT_LE(worst, 1) << c.minimum;
    EXPECT_GT(worst, 0.1) << "a bound that says nothing";
    const ExponentialError one = exponential_error(domain, c.bits, c.bound);
    EXPECT_LE(square->error.absolute + square->error.relative,
              std::max(2 * (one.absolute + one.relative), std::ldexp(0.125, -c.bits)));
    std::printf(
        "exp on [%g, %g] below 2^%d: %d pieces, or %d and a square, whose error is %.2f of its bound\n",
        c.minimum, c.maximum, c.bound, 1 << exponential(domain, c.bits, c.bound).piece_bits,
        1 << square->root.piece_bits, worst);
  }
}

TEST(SquaredExponential, IsNothingWhereItSavesLittle) {
  const Domain narrow{.minimum = -(4 << 18), .maximum = 4 << 18, .fraction_bits = 18};
  EXPECT_EQ(exponential(narrow, 18, 6).piece_bits, 3);
  EXPECT_FALSE(squared_exponential(narrow, 18, 6).has_value());
}

constexpr std::int64_t kFewBytes = 0, kFewRounds = 2;

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

// Both implementations: of |x| < 32 whose results are below 2^4, the error is 2^-3 units before truncation.
TEST_P(Exp, WholeDomainOfManyPieces) {
  Reals x = sweep(-32 + 0x1p-18, 4 * std::numbers::ln2, 6000, 18);
  const Reals more = uniform(6000, -14, 4 * std::numbers::ln2, 18, 5);
  x.insert(x.end(), more.begin(), more.end());
  for (std::int64_t effort : {kFewBytes, kFewRounds}) {
    const Reals y = run_kernel(table(), "exp", {{number(shape_of(x), 18, 5), x}},
                               {number(shape_of(x), 18, 4)}, {{"effort", effort}})[0];
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_NEAR(y[i], std::exp(static_cast<long double>(x[i])), 1.126 * 0x1p-18)
          << x[i] << " effort " << effort;
  }
}

// |x| < 16 at 18 bits, results below 2^24: 2^-18 relative and as much absolute; of a square 2.18 and 1.18
// times that. And the truncation's unit.
TEST_P(Exp, WholeDomainOfLargeResults) {
  const double edge = 16 - 0x1p-18;
  const Reals x = sweep(-edge, edge, 9000, 18);
  for (const auto& [effort, relative, units] :
       {std::tuple{kFewBytes, 2.19 * 0x1p-18, 2.19}, {kFewRounds, 1.01 * 0x1p-18, 2.01}}) {
    const Reals y = run_kernel(table(), "exp", {{number(shape_of(x), 18, 4), x}},
                               {number(shape_of(x), 18, 24)}, {{"effort", effort}})[0];
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_NEAR(y[i], std::exp(x[i]), std::exp(x[i]) * relative + units * 0x1p-18)
          << x[i] << " effort " << effort;
  }
}

TEST_P(Exp, VeryNegativeIsExactlyZero) {
  const Reals x = sweep(-60, -30, 500, 18);
  for (std::int64_t effort : {kFewBytes, kFewRounds}) {
    const Reals y = run_kernel(table(), "exp", {{number(shape_of(x), 18, 6), x}},
                               {number(shape_of(x), 18, 4)}, {{"effort", effort}})[0];
    for (double value : y) ASSERT_EQ(value, 0.0);
  }
}

// Operands far wider than what has an exponential: the results' bound ends the domain above, a ReLU below.
TEST_P(Exp, OperandsOfAnyBound) {
  struct Types {
    int fraction, bound, result, result_bound;
  };
  for (const Types& types : {Types{18, 10, 18, 4},
                             {18, 30, 18, 1},
                             {24, 20, 20, 2},
                             {16, 8, 14, 9},
                             {18, 12, 18, 0},
                             {18, 9, 18, -3}}) {
    const double most = types.result_bound * std::numbers::ln2 - std::ldexp(1.0, -types.fraction),
                 zero = -(types.result + 1) * std::numbers::ln2,
                 least = -std::ldexp(1.0, types.bound) + std::ldexp(1.0, -types.fraction);
    Reals x = sweep(zero - 40, most, 4000, types.fraction);
    for (const double limit : {zero, -15.0, -1.0, most}) {
      const Reals more = uniform(1500, least, limit, types.fraction, 8);
      x.insert(x.end(), more.begin(), more.end());
    }
    x.push_back(rounded(least, types.fraction));
    for (std::int64_t effort : {kFewBytes, kFewRounds}) {
      const Reals y =
          run_kernel(table(), "exp", {{number(shape_of(x), types.fraction, types.bound), x}},
                     {number(shape_of(x), types.result, types.result_bound)}, {{"effort", effort}})[0];
      for (std::size_t i = 0; i < x.size(); ++i) {
        const double exact = static_cast<double>(std::exp(static_cast<long double>(x[i])));
        ASSERT_NEAR(y[i], exact, std::ldexp(1.126, -types.result)) << x[i] << " of bound " << types.bound;
        if (x[i] < zero - 16) ASSERT_EQ(y[i], 0) << x[i] << " of bound " << types.bound;
      }
    }
  }
}

TEST(ExpCost, FewBytesAndFewRoundsDiffer) {
  const auto cost = [](int bound, int result_bound, std::int64_t effort) {
    const Call call{.operands = {},
                    .operand_types = {number({64}, 18, bound)},
                    .result_types = {number({64}, 18, result_bound)},
                    .attributes = {{"effort", effort}}};
    return count(protocols::table_named("rep3"), kernel_named("exp"), call, 0);
  };
  EXPECT_EQ(cost(4, 24, kFewBytes).rounds, 5u);
  EXPECT_EQ(cost(4, 24, kFewRounds).rounds, 3u);
  EXPECT_LT(2 * cost(4, 24, kFewBytes).total_bytes(), cost(4, 24, kFewRounds).total_bytes());
  EXPECT_EQ(cost(4, 24, 1).bytes, cost(4, 24, kFewBytes).bytes);
  EXPECT_EQ(cost(2, 6, kFewBytes).bytes, cost(2, 6, kFewRounds).bytes);
  // A ReLU of 30 bits, and the lookup of what is left.
  EXPECT_EQ(cost(10, 4, kFewBytes).rounds, 8u);
  EXPECT_EQ(cost(10, 4, kFewRounds).rounds, 6u);
}

TEST(ExpCheck, RefusesWhatItCannotCompute) {
  const auto check = [](ValueType a, ValueType y) {
    return plan_error([&] {
      kernel_named("exp").check(
          {.operands = {}, .operand_types = {a}, .result_types = {y}, .attributes = {}});
    });
  };
  EXPECT_NE(check(number({2}, 33, 2), number({2}, 18, 4)).find("32 fraction bits"), std::string::npos);
  EXPECT_NE(check(number({2}, 2, 20), number({2}, 2, 50)).find("no precision"), std::string::npos);
  EXPECT_NE(check(number({2}, 18, 4), number({2}, 18, 40)).find("too many bits"), std::string::npos);
  EXPECT_NE(check(number({2}, 18, 4), number({3}, 18, 4)).find("shape"), std::string::npos);
  EXPECT_NE(check(bit({2}), number({2}, 18, 4)).find("Boolean"), std::string::npos);
}

}  // namespace
}  // namespace sotto::kernels
