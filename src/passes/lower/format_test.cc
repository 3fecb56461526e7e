#include "passes/lower/format.h"

#include <gtest/gtest.h>

#include <cmath>

namespace sotto::passes {
namespace {

// Network A's largest update: u' = 0.9 u + (0.01 / 128) x^T d, with 12 and 18 fraction bits in the product.
TEST(FormatTest, ExampleMomentumUpdate) {
  const std::vector<Scaled> parts = {{.fraction_bits = 30, .factor = 0.01 / 128, .product = true},
                                     {.fraction_bits = 28, .factor = 0.9, .product = false}};
  const auto format = choose_format(parts, 28, 3);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->scales[0], 41);
  EXPECT_EQ(format->truncate_bits, 21);
  EXPECT_EQ(format->scales[1], std::lround(0.9 * (1 << 21)));
}

TEST(FormatTest, PowersOfTwoAreExactAndNeedNothing) {
  const std::vector<Scaled> product = {{.fraction_bits = 36, .factor = 1, .product = true}};
  EXPECT_EQ(choose_format(product, 18, 6)->truncate_bits, 18);
  const std::vector<Scaled> half = {{.fraction_bits = 36, .factor = 0.5, .product = true}};
  EXPECT_EQ(choose_format(half, 18, 6)->truncate_bits, 19);
}

// Adam's second moment at 12 fraction bits: 0.999 must forget a thousandth, not 2^-10 or nothing.
TEST(FormatTest, WhatIsKeptDecidesHowLongThePastIsRemembered) {
  const std::vector<Scaled> parts = {{.fraction_bits = 36, .factor = 1, .product = true},
                                     {.fraction_bits = 12, .factor = 0.999, .product = false}};
  const auto format = choose_format(parts, 12, 24);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->truncate_bits, 24);
  EXPECT_NEAR(1 - std::ldexp(static_cast<double>(format->scales[1]), -24), 0.001, 0.001 / 64);
  const std::vector<Scaled> alone = {{.fraction_bits = 28, .factor = 0.999, .product = false}};
  const auto kept = choose_format(alone, 28, 4);
  EXPECT_NEAR(1 - std::ldexp(static_cast<double>(kept->scales[0]), -kept->truncate_bits), 0.001, 0.001 / 64);
}

// The smallest of a schedule's scales still has seven bits.
TEST(FormatTest, SchedulesKeepTheirSmallestScale) {
  const std::vector<Scaled> parts = {
      {.fraction_bits = 40, .factor = 0.005, .product = true, .scheduled = true},
      {.fraction_bits = 28, .factor = 1, .product = false}};
  const auto format = choose_format(parts, 28, 4);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->scales[0], 164);  // 0.005 * 2^15
  EXPECT_EQ(format->truncate_bits, 27);
}

// Every choice keeps its promise, whatever the factor.
TEST(FormatTest, ErrorsStayWithinTheirLimits) {
  for (double factor = 1e-5; factor < 10; factor *= 1.37) {
    const std::vector<Scaled> parts = {{.fraction_bits = 36, .factor = factor, .product = true},
                                       {.fraction_bits = 28, .factor = -factor, .product = false}};
    const auto format = choose_format(parts, 28, 2);
    ASSERT_TRUE(format) << factor;
    const int raw = 28 + format->truncate_bits;
    const double product = std::ldexp(static_cast<double>(format->scales[0]), 36 - raw);
    const double addend = std::ldexp(static_cast<double>(format->scales[1]), 28 - raw);
    EXPECT_NEAR(product / factor, 1, allowed_error(parts[0]));
    EXPECT_NEAR(addend / -factor, 1, allowed_error(parts[1]));
    EXPECT_LE(raw + 2, kRawBits);
  }
}

TEST(FormatTest, NothingWhenTheRingIsTooSmall) {
  const std::vector<Scaled> parts = {{.fraction_bits = 56, .factor = 1, .product = true}};
  EXPECT_TRUE(choose_format(parts, 18, 6));
  EXPECT_FALSE(choose_format(parts, 18, 7));
}

// A momentum's memory, 1 / (1 - m) steps, stays within a percent; 0.99 needs more digits for that than 0.9.
TEST(FormatTest, MomentaKeepTheirMemory) {
  for (double momentum : {0.8, 0.9, 0.95, 0.99, 0.999}) {
    const std::vector<Scaled> parts = {{.fraction_bits = 30, .factor = 0.01 / 128, .product = true},
                                       {.fraction_bits = 28, .factor = momentum, .product = false}};
    const auto format = choose_format(parts, 28, 3);
    ASSERT_TRUE(format) << momentum;
    const double used = std::ldexp(static_cast<double>(format->scales[1]), -format->truncate_bits);
    EXPECT_NEAR((1 - momentum) / (1 - used), 1, 0.01) << momentum;
  }
}

TEST(FormatTest, WindowsHoldTheBoundAndASign) {
  EXPECT_EQ(window_for(6, 18), 25);
  EXPECT_EQ(window_for(7, 18), 26);
  EXPECT_EQ(window_for(-10, 5), 2);
  EXPECT_EQ(window_for(50, 18), 64);
}

}  // namespace
}  // namespace sotto::passes
