#include "protocols/rep3/logarithm_loops.h"

#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

SOTTO_VECTORIZED void triple(Word* out, const Word* half, int low, Word mask, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = ((3 * half[i]) >> low) & mask;
}

SOTTO_VECTORIZED void cut_digits(Word* out, const Word* half, Cut where, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = (half[i] >> where.low) & where.mask;
}

SOTTO_VECTORIZED void cut_difference(Word* out, const Word* half, Cut upper, Cut lower, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = ((half[i] >> upper.low) & upper.mask) - ((half[i] >> lower.low) & lower.mask);
}

SOTTO_VECTORIZED void add_selected(Word* sum, Word* position, const Word* c, const Word* open, Word scale,
                                   const Word* hidden, const Word* bit, const Word* bit_hidden, Word mine,
                                   std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Word known = scale * open[i], correlated = bit[i] * known + bit_hidden[i];
    sum[i] += (c[i] & ((known & mine) + scale * hidden[i])) + ((correlated ^ c[i]) - c[i]);
    position[i] += (c[i] & mine & 1) + ((bit[i] ^ c[i]) - c[i]);
  }
}

SOTTO_VECTORIZED void add_constant_where(Word* sum, const Word* c, const Word* bit, Word constant, Word mine,
                                         std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Word correlated = bit[i] * constant;
    sum[i] += (c[i] & mine & constant) + ((correlated ^ c[i]) - c[i]);
  }
}

SOTTO_VECTORIZED void threshold_vectors(Vector32* out, const Word* masks, double threshold, int t,
                                        std::size_t count) {
  const auto units = static_cast<Word>(threshold * static_cast<double>(Word{1} << t));
  const Word low_mask = (Word{1} << t) - 1, whole = units >> t, part = units & low_mask;
  const auto above = static_cast<Vector32>(0x7FFFFFFFu & ~((2u << whole) - 1));
  for (std::size_t i = 0; i < count; ++i) {
    const Word rest = (Word{1} << t) - (masks[i] & low_mask);  // of every base, its part below 2^t
    const auto passes = static_cast<Vector32>(rest >= part) << whole;
    const Vector32 pattern = above | passes;
    const Word rotation = ((masks[i] >> t) + 1) & 31;
    const Word twice = (Word{pattern} << 32 | pattern) << rotation;
    out[i] = static_cast<Vector32>(twice >> 32);
  }
}

SOTTO_VECTORIZED void select_vector_bit(Word* out, const Vector32* vectors, const Word* mantissas, int t,
                                        int bit, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] |= Word{(vectors[i] >> ((mantissas[i] >> t) & 31)) & 1} << bit;
}

SOTTO_VECTORIZED void bit_mask(Word* out, const Word* bits, int bit, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = Word{0} - ((bits[i] >> bit) & 1);
}

SOTTO_VECTORIZED void piece_mask(Word* out, const Word* argument, Word piece, int low_bits,
                                 std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    out[i] = Word{0} - static_cast<Word>((argument[i] >> low_bits) == piece);
}

SOTTO_VECTORIZED void add_piece(Word* sum, const Word* coefficient, const Word* argument, const Word* mask,
                                int low_bits, int power, std::size_t count) {
  const Word low_mask = (Word{1} << low_bits) - 1;
  for (std::size_t i = 0; i < count; ++i) {
    const Word tau = argument[i] & low_mask;
    Word basis = power == 0 ? 1 : tau;
    for (int k = 1; k < power; ++k) basis = (basis * tau) >> low_bits;
    sum[i] += coefficient[i] * basis & mask[i];
  }
}

}  // namespace sotto::protocols::rep3
