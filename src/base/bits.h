// Packed bits: bit planes of ring elements, and arrays of d-bit numbers packed without gaps for the wire.
//
// A plane holds one bit per element, element i in bit i%64 of word i/64; unused bits of the last word are
// zero. No function branches on or indexes by values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sotto::bits {

using Word = std::uint64_t;

constexpr std::size_t words_for(std::size_t bit_count) { return (bit_count + 63) / 64; }
constexpr std::size_t bytes_for(std::size_t bit_count) { return (bit_count + 7) / 8; }

// Bits [low, low+count) of each value as `count` planes, plane p at planes[p * words_for(values.size())].
// 0 <= low, low + count <= 64. (A 64x64 bit-matrix transposition per 64 values.)
void to_planes(std::span<Word> planes, std::span<const std::uint64_t> values, int low, int count);

// The inverse for one plane: out[i] = bit i of the plane (0 or 1).
void expand(std::span<std::uint64_t> out, std::span<const Word> plane);
// As all-ones or zero masks: out[i] = 0 - bit i.
void expand_mask(std::span<std::uint64_t> out, std::span<const Word> plane);
// plane bit i = low bit of values[i].
void collect(std::span<Word> plane, std::span<const std::uint64_t> values);

// values[i] mod 2^width packed little-endian without gaps into bytes_for(n*width) bytes, and back
// (zero-extended). 1 <= width <= 64.
void pack(std::span<std::byte> out, std::span<const std::uint64_t> values, int width);
void unpack(std::span<std::uint64_t> out, std::span<const std::byte> packed, int width);

}  // namespace sotto::bits
