#include "base/fixed_point.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "base/error.h"

namespace sotto {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::uint64_t>;

std::uint64_t word(std::int64_t value) { return static_cast<std::uint64_t>(value); }

Words encoded(const std::vector<double>& values, int fraction_bits, double bound) {
  Words words(values.size());
  encode(words, values, fraction_bits, bound);
  return words;
}

// Example: 1.5 with 18 fraction bits, and back.
TEST(FixedPoint, RoundTrip) {
  const std::vector<double> values{1.5, -2.25, 0};
  const Words words = encoded(values, 18, 100);
  EXPECT_THAT(words, ElementsAre(word(3 << 17), word(-9 << 16), 0u));
  std::vector<double> back(3);
  decode(back, words, 18);
  EXPECT_EQ(back, values);
}

TEST(FixedPoint, RoundsToNearestTiesToEven) {
  EXPECT_THAT(encoded({0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999999999999994, 2.4999}, 0, 10),
              ElementsAre(0u, 2u, 2u, 0u, word(-2), word(-2), 0u, 2u));
  EXPECT_THAT(encoded({0.625, 0.875, -0.625}, 2, 1), ElementsAre(2u, 4u, word(-2)));
}

TEST(FixedPoint, IsExactUpToTheEdgesOfTheRange) {
  const double largest = std::nextafter(std::ldexp(1.0, 45), 0.0);
  EXPECT_THAT(encoded({largest, -largest}, 18, largest),
              ElementsAre(word(INT64_MAX - 1023), word(-(INT64_MAX - 1023))));
  EXPECT_THAT(encoded({std::ldexp(1.0, -62), -1.0}, 62, 1), ElementsAre(1u, word(-(std::int64_t{1} << 62))));
  EXPECT_THAT(encoded({std::numeric_limits<double>::denorm_min()}, 62, 1), ElementsAre(0u));
}

TEST(FixedPoint, RandomValuesOfEveryLength) {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal(0, 1000);
  for (std::size_t n : {0, 1, 7, 8, 9, 33, 1000}) {
    std::vector<double> values(n), back(n);
    for (double& value : values) value = normal(generator);
    const Words words = encoded(values, 18, 1e6);
    decode(back, words, 18);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(static_cast<std::int64_t>(words[i]), std::llrint(values[i] * 262144));
      ASSERT_LE(std::abs(back[i] - values[i]), std::ldexp(1.0, -19));
    }
  }
}

TEST(FixedPoint, FloatsAreEncodedAsTheDoublesTheyAre) {
  const std::vector<float> values{0.1f, -3.75f};
  Words words(2);
  encode(words, values, 40, 10);
  EXPECT_THAT(words, ElementsAre(word(std::llrint(std::ldexp(double{0.1f}, 40))), word(-15ll << 38)));
  std::vector<float> back(2);
  decode(back, words, 40);
  EXPECT_EQ(back, values);
}

template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "accepted");
}

TEST(FixedPointMisuse, NamesTheElementAndTheRangeButNotTheValue) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (double bad : {16.5, -17.0, infinity, -infinity}) {
    std::vector<double> values(50, 16.0);
    values[37] = values[48] = bad;
    const Error error = error_of([&] { encoded(values, 18, 16); });
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    EXPECT_EQ(error.message(),
              "element 37 of the data is outside the declared range: permitted is -16 to 16");
    EXPECT_THAT(error.hint(), HasSubstr("scale or clip the data"));
  }
  Words words(1);
  const std::vector<float> missing{std::numeric_limits<float>::quiet_NaN()};
  EXPECT_EQ(error_of([&] { encode(words, missing, 18, 16, "column 'age'"); }).message(),
            "element 0 of column 'age' is not a number: permitted is -16 to 16");
}

TEST(FixedPointMisuse, RefusesImpossibleFormats) {
  EXPECT_EQ(error_of([] { encoded({1}, 63, 0.5); }).message(), "63 fraction bits were asked for");
  EXPECT_EQ(error_of([] { encoded({1}, 60, 8); }).message(),
            "the bound 8 does not fit 64 bits of which 60 are fraction bits");
  EXPECT_EQ(error_of([] { encoded({1}, 18, std::nan("")); }).kind(), ErrorKind::kUsage);
  EXPECT_EQ(error_of([] { encoded({1}, 18, 0); }).kind(), ErrorKind::kUsage);
}

}  // namespace
}  // namespace sotto
