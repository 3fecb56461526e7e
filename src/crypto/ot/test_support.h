// What the tests of this folder share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <span>
#include <string>

#include "base/error.h"
#include "crypto/ot/test_dealer.h"

namespace sotto::ot {

// The text of the error that the action throws because of its peer, bob.
inline std::string refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kPeer) << error.what();
    EXPECT_EQ(error.party(), "bob");
    return error.what();
  }
  return "no error";
}

inline std::uint64_t bit_of(const Block& block, int bit) {
  return (bit < 64 ? block.low : block.high) >> bit % 64 & 1;
}

// Numbers that a seed gives, and planes of as many bits (base/bits.h).
inline std::vector<std::uint64_t> numbers(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<std::uint64_t> values(count);
  for (std::uint64_t& value : values) value = generator();
  return values;
}
inline std::vector<std::uint64_t> plane_of(std::size_t count, std::uint64_t seed) {
  auto plane = numbers(bits::words_for(count), seed);
  if (count % 64 != 0) plane.back() &= (std::uint64_t{1} << count % 64) - 1;
  return plane;
}
inline std::uint64_t bit(const std::vector<std::uint64_t>& plane, std::size_t i) {
  return plane[i / 64] >> i % 64 & 1;
}
inline std::uint64_t modulo(std::uint64_t value, int width) {
  return width == 64 ? value : value % (std::uint64_t{1} << width);
}

// The definition, without a branch of the code under test.
inline void expect_correlated(std::span<const Block> sent, std::span<const Block> received,
                              const Block& delta) {
  ASSERT_EQ(sent.size(), received.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    ASSERT_EQ(sent[i].low & 1, 0u) << i;
    ASSERT_EQ(received[i].low, (received[i].low & 1) != 0 ? sent[i].low ^ delta.low : sent[i].low) << i;
    ASSERT_EQ(received[i].high, (received[i].low & 1) != 0 ? sent[i].high ^ delta.high : sent[i].high) << i;
  }
}

}  // namespace sotto::ot
