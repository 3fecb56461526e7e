// The loops of logarithm.cc over the elements of a chunk; arrays of `count` words, outputs may be inputs.
// Nothing branches on or indexes by values.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sotto::protocols::rep3 {

using Word = std::uint64_t;
using Vector32 [[gnu::may_alias]] = std::uint32_t;  // a bit for each value of a mantissa's five leading bits

// The digits of a half from bit `low` on.
struct Cut {
  int low;
  Word mask;
};

// out = 3 half, its digits from bit `low` on
void triple(Word* out, const Word* half, int low, Word mask, std::size_t count);

void cut_digits(Word* out, const Word* half, Cut where, std::size_t count);

// out = cut at `upper` - cut at `lower`
void cut_difference(Word* out, const Word* half, Cut upper, Cut lower, std::size_t count);

// sum += share of U d and position += share of U, for U = c ^ r and d = open + hidden: c (a mask) and `open`
// known to the pair, of `hidden`, r and r * hidden this party's shares. One of the pair, `mine` all ones,
// adds what both know.
void add_selected(Word* sum, Word* position, const Word* c, const Word* open, Word scale, const Word* hidden,
                  const Word* bit, const Word* bit_hidden, Word mine, std::size_t count);

// The same of a constant, for U alone.
void add_constant_where(Word* sum, const Word* c, const Word* bit, Word constant, Word mine,
                        std::size_t count);

// Bit j: whether a mantissa whose base is j 2^t - mask modulo 2^(t+5) passes the threshold; negative bases,
// the last, do not.
void threshold_vectors(Vector32* out, const Word* masks, double threshold, int t, std::size_t count);

// out |= the vector's bit for this mantissa, at place `bit`
void select_vector_bit(Word* out, const Vector32* vectors, const Word* mantissas, int t, int bit,
                       std::size_t count);

// All ones where the bit is one.
void bit_mask(Word* out, const Word* bits, int bit, std::size_t count);

// All ones where the argument is in this piece.
void piece_mask(Word* out, const Word* argument, Word piece, int low_bits, std::size_t count);

// sum += coefficient times tau^power under the mask. In a function of its own: where the compiler sees that a
// mask is a comparison's result it jumps around the coefficient.
void add_piece(Word* sum, const Word* coefficient, const Word* argument, const Word* mask, int low_bits,
               int power, std::size_t count);

}  // namespace sotto::protocols::rep3
