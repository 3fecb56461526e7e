// 128-bit strings: what oblivious transfers are made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/constant_time.h"

namespace sotto::ot {

struct alignas(16) Block {
  std::uint64_t low = 0, high = 0;

  friend bool operator==(const Block&, const Block&) = default;
  friend Block operator^(const Block& a, const Block& b) { return {a.low ^ b.low, a.high ^ b.high}; }
  friend Block operator&(const Block& a, const Block& b) { return {a.low & b.low, a.high & b.high}; }
  Block& operator^=(const Block& other) { return *this = *this ^ other; }
};

// All ones where the lowest bit of `bit` is set, else zero.
inline std::uint64_t mask_of(std::uint64_t bit) { return opaque(std::uint64_t{0} - (bit & 1)); }

// A secret choice without a branch: if_one where the lowest bit of `bit` is set, else if_zero.
inline Block choose(std::uint64_t bit, const Block& if_one, const Block& if_zero) {
  const std::uint64_t mask = mask_of(bit);
  return if_zero ^ (Block{mask, mask} & (if_one ^ if_zero));
}

// From the operating system's generator. Throws ErrorKind::kSystem if there is none.
void fill_random(std::span<Block> blocks);
Block random_block();

}  // namespace sotto::ot
