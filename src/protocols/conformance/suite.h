// What the tests of this suite share: the fixture over all registered protocols, values, and comparisons.
#pragma once

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/sanitized.h"
#include "protocols/conformance/harness.h"

namespace sotto::protocols::conformance {

class Protocol : public testing::TestWithParam<const Table*> {
 protected:
  // Products of bits make millions of transfers: minutes in a sanitizer's build, where duo's own tests and
  // the wire's are enough.
  void SetUp() override {
    if (kSanitized && table().name() == "duo") GTEST_SKIP() << "too slow under sanitizers";
  }
  const Table& table() const { return *GetParam(); }
  Outcome execute(const std::vector<Input>& inputs, const Operation& operation,
                  const Options& options = {}) const {
    return run(table(), inputs, operation, options);
  }
};

// In every test file, so that each registered protocol runs each test.
#define SOTTO_FOR_ALL_PROTOCOLS(Suite)                                                              \
  INSTANTIATE_TEST_SUITE_P(All, Suite, testing::ValuesIn(all_tables().begin(), all_tables().end()), \
                           [](const auto& info) { return info.param->name(); })

// Element counts around words, below and above the size at which protocols cut tensors into chunks.
inline const std::vector<std::size_t> kSizes = {1, 63, 64, 65, 1000, 5000, 40000};

inline std::uint64_t of(std::int64_t value) { return static_cast<std::uint64_t>(value); }
inline std::int64_t signed_of(std::uint64_t value) { return static_cast<std::int64_t>(value); }
inline Shape vector_shape(std::size_t count) { return {static_cast<std::int64_t>(count)}; }

// Uniform signed values of `bits` bits, |v| < 2^(bits-1); the first few are the boundaries.
inline Integers random_integers(std::size_t count, int bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::int64_t largest = signed_of((std::uint64_t{1} << (bits - 1)) - 1);
  const std::int64_t boundaries[] = {0, -1, 1, largest, -largest};
  Integers values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t value = signed_of(random()) >> (64 - bits);
    values[i] = of(i < 5 ? boundaries[i] : value);
    if (signed_of(values[i]) < -largest) values[i] = of(-largest);
  }
  return values;
}

inline Integers random_bits(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Integers values(count);
  for (auto& value : values) value = random() & 1;
  return values;
}

// |result * 2^bits - value| < 2^bits: less than one unit in the last place, hence exact for multiples.
inline void expect_truncated(const Integers& result, const Integers& value, int bits) {
  ASSERT_EQ(result.size(), value.size());
  std::size_t wrong = 0, first = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto error =
        static_cast<__int128>(signed_of(result[i])) * (__int128{1} << bits) - signed_of(value[i]);
    const bool good = error < (__int128{1} << bits) && -error < (__int128{1} << bits);
    if (!good && wrong++ == 0) first = i;
  }
  EXPECT_EQ(wrong, 0u) << "first at " << first << ": " << signed_of(value[first]) << " / 2^" << bits
                       << " gave " << signed_of(result[first]);
}

}  // namespace sotto::protocols::conformance
