// Loops over planes of packed bits, and products over subsets of planes: what merging and Boolean products
// share.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sotto::protocols::rep3 {

using Word = std::uint64_t;

// Each over `words` words; out may be an input.
void and_planes(Word* out, const Word* a, const Word* b, std::size_t words);
void xor_planes(Word* out, const Word* a, const Word* b, std::size_t words);
// out ^= a & b
void accumulate_and(Word* out, const Word* a, const Word* b, std::size_t words);

// Products over every subset of `count` planes, the empty one (all ones) first: subset S at [S * words].
std::vector<Word> subset_products(const Word* planes, std::size_t count, std::size_t words);

// Unused bits of the last word are zero by convention (base/bits.h).
void clear_tail(std::span<Word> words, std::size_t bit_count);

}  // namespace sotto::protocols::rep3
