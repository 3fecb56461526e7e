// Small loops over planes of packed bits (base/bits.h).
#pragma once

#include <cstdint>
#include <span>

#include "base/bits.h"
#include "protocols/context.h"

namespace sotto::protocols::duo {

using Word = std::uint64_t;

// Unused bits of the last word are zero by convention.
inline void clear_tail(std::span<Word> plane, std::size_t bit_count) {
  if (bit_count % 64 != 0 && !plane.empty()) plane.back() &= (Word{1} << bit_count % 64) - 1;
}

// out = plane `bit` of values.
inline void plane_of(std::span<Word> out, std::span<const Word> values, int bit) {
  bits::to_planes(out, values, bit, 1);
}

// [v >= 0] of `count` numbers, |v| < 2^(window-1), from this party's part of v and its share of the carry
// into the top bit of the window, which is empty for a window of one bit: the complement, at the first party,
// of top bit XOR carry.
Words sign_plane(const Context& context, const Words& part, const Words& carry, int window,
                 std::size_t count);

}  // namespace sotto::protocols::duo
