// The loops of word_table.h over registers of 52-bit numbers in 64-bit lanes.
//
// No include guard, on purpose: included once per implementation under its target attribute, with internal
// linkage. The implementation has defined, in sotto::lattice::(anonymous), `Register`, `kLogLanes`,
// `kColumns` (how many groups of registers a pass of the transform works on at once), and
//   load, store, broadcast, add_lanes, subtract_lanes, and_lanes, shift_right<count>, shift_left<count>,
//   shift_right_by(x, count),
//   product_low(s, a, b) = s + (a * b mod 2^52) and product_high(s, a, b) = s + floor(a * b / 2^52) of the
//   low 52 bits of a and b, wrap(d, m) = d if 0 <= d < 2^63, else d + m, transpose of kLanes registers.
//
// Transform: Harvey's butterflies. Forward, values stay below 4p; a butterfly brings x below 2p, and x * w is
// below 2p for any x < 2^52. Backward, values stay below 2p. Several stages run per pass over memory, on 2^r
// registers; the last 2 log2(lanes) stages work on square blocks, transposed half-way.
#include "crypto/lattice/word_table.h"

#define SOTTO_INLINE inline __attribute__((always_inline))
#define SOTTO_UNROLL _Pragma("clang loop unroll(full)")

namespace sotto::lattice {
namespace {

constexpr std::size_t kLanes = std::size_t{1} << kLogLanes;

struct Constants {
  explicit SOTTO_INLINE Constants(const Modulus& modulus)
      : p(broadcast(modulus.value)),
        twice_p(broadcast(2 * modulus.value)),
        negative_p(broadcast((Word{1} << kWordBits) - modulus.value)),
        mask(broadcast(kWordMask)) {}
  Register p, twice_p, negative_p, mask;
};

struct Multiplier {
  Register value, quotient;
};

SOTTO_INLINE Multiplier broadcast(Factor factor) {
  return {broadcast(factor.value), broadcast(factor.quotient)};
}

// x < 2m to x mod m.
SOTTO_INLINE Register reduce_once(Register x, Register m) { return wrap(subtract_lanes(x, m), m); }

SOTTO_INLINE Register reduce_from_4p(Register x, const Constants& c) {
  return reduce_once(reduce_once(x, c.twice_p), c.p);
}

// x * w mod p, below 2p, for any x < 2^52.
SOTTO_INLINE Register multiply_lazy(Register x, const Multiplier& w, const Constants& c) {
  const Register multiple = product_high(broadcast(Word{0}), x, w.quotient);
  const Register product = product_low(broadcast(Word{0}), x, w.value);
  return and_lanes(product_low(product, multiple, c.negative_p), c.mask);
}

// a * b / 2^52 mod p. The low half of the product equals that of (low * p^-1 mod 2^52) * p, so the difference
// of the high halves is the quotient, between -p and p.
SOTTO_INLINE Register montgomery(Register a, Register b, Register inverse, const Constants& c) {
  const Register zero = broadcast(Word{0});
  const Register low = product_low(zero, a, b), high = product_high(zero, a, b);
  const Register multiple = product_high(zero, product_low(zero, low, inverse), c.p);
  return wrap(subtract_lanes(high, multiple), c.p);
}

// ---- the transform ----

SOTTO_INLINE void forward_butterfly(Register& x, Register& y, const Multiplier& w, const Constants& c) {
  const Register product = multiply_lazy(y, w, c);
  x = reduce_once(x, c.twice_p);
  y = subtract_lanes(add_lanes(x, c.twice_p), product);
  x = add_lanes(x, product);
}

SOTTO_INLINE void backward_butterfly(Register& x, Register& y, const Multiplier& w, const Constants& c) {
  const Register difference = subtract_lanes(add_lanes(x, c.twice_p), y);
  x = reduce_once(add_lanes(x, y), c.twice_p);
  y = multiply_lazy(difference, w, c);
}

// The registers of `kColumns` independent groups, so that the stages of one hide the latency of the other.
template <int stages>
using Groups = Register[kColumns][1 << stages];
// The factors of a group: the one of its first stage, the two of the next, ...
template <int stages>
using Factors = Multiplier[1 << stages];

// The stages from `first` on; column i takes the factors w[i % sets].
template <int stages, int sets, int first = 0>
SOTTO_INLINE void forward_groups(Groups<stages>& x, const Factors<stages> (&w)[sets], const Constants& c) {
  SOTTO_UNROLL for (int stage = first; stage < stages; ++stage) {
    const int half = 1 << (stages - 1 - stage);
    SOTTO_UNROLL for (int i = 0; i < 1 << stage; ++i) SOTTO_UNROLL for (int k = 2 * half * i;
                                                                        k < 2 * half * i + half; ++k)
        SOTTO_UNROLL for (int column = 0; column < kColumns; ++column)
            forward_butterfly(x[column][k], x[column][k + half], w[column % sets][(1 << stage) - 1 + i], c);
  }
}

// The stages down to `last`.
template <int stages, int sets, int last = 0>
SOTTO_INLINE void backward_groups(Groups<stages>& x, const Factors<stages> (&w)[sets], const Constants& c) {
  SOTTO_UNROLL for (int stage = stages - 1; stage >= last; --stage) {
    const int half = 1 << (stages - 1 - stage);
    SOTTO_UNROLL for (int i = 0; i < 1 << stage; ++i) SOTTO_UNROLL for (int k = 2 * half * i;
                                                                        k < 2 * half * i + half; ++k)
        SOTTO_UNROLL for (int column = 0; column < kColumns; ++column)
            backward_butterfly(x[column][k], x[column][k + half], w[column % sets][(1 << stage) - 1 + i], c);
  }
}

// The factors of `stages` stages from the one whose roots stand at `index`.
template <int stages>
SOTTO_INLINE void load_factors(Factors<stages>& w, const Twiddles& twiddles, std::size_t index) {
  SOTTO_UNROLL for (int stage = 0; stage < stages; ++stage)
      SOTTO_UNROLL for (int i = 0; i < 1 << stage; ++i) {
    const std::size_t at = (index << stage) + static_cast<std::size_t>(i);
    w[(1 << stage) - 1 + i] = {broadcast(twiddles.roots[at]), broadcast(twiddles.quotients[at])};
  }
}

// Registers of a group are `stride` words apart, its columns `column_stride`.
template <int stages>
SOTTO_INLINE void load_groups(Groups<stages>& x, const Word* from, std::size_t stride,
                              std::size_t column_stride) {
  SOTTO_UNROLL for (std::size_t column = 0; column < kColumns; ++column)
      SOTTO_UNROLL for (std::size_t k = 0; k < std::size_t{1} << stages; ++k) x[column][k] =
          load(from + column * column_stride + k * stride);
}

template <int stages>
SOTTO_INLINE void store_groups(Word* to, std::size_t stride, std::size_t column_stride,
                               const Groups<stages>& x) {
  SOTTO_UNROLL for (std::size_t column = 0; column < kColumns; ++column)
      SOTTO_UNROLL for (std::size_t k = 0; k < std::size_t{1} << stages; ++k)
          store(to + column * column_stride + k * stride, x[column][k]);
}

// The stages with `blocks`, 2 * blocks, ... blocks.
template <int stages, bool is_forward>
void pass(Word* x, std::size_t blocks, const TransformTables& t, const Constants& c) {
  const std::size_t length = t.degree / blocks, stride = length >> stages;
  for (std::size_t block = 0; block < blocks; ++block, x += length) {
    Factors<stages> w[1];
    load_factors<stages>(w[0], is_forward ? t.forward : t.backward, blocks + block);
    for (std::size_t j = 0; j < stride; j += kColumns * kLanes) {
      Groups<stages> values;
      load_groups<stages>(values, x + j, stride, kLanes);
      if constexpr (is_forward) forward_groups<stages>(values, w, c);
      if constexpr (!is_forward) backward_groups<stages>(values, w, c);
      store_groups<stages>(x + j, stride, kLanes, values);
    }
  }
}

// The pass that ends with the stage of one block: both its outputs carry 1/degree and leave below p.
template <int stages>
void backward_final(Word* x, const TransformTables& t, const Constants& c) {
  constexpr int kHalf = 1 << (stages - 1);
  const std::size_t stride = t.degree >> stages;
  Factors<stages> w[1];
  load_factors<stages>(w[0], t.backward, 1);
  const Multiplier scale = broadcast(t.scale), scaled_root = broadcast(t.scaled_root);
  for (std::size_t j = 0; j < stride; j += kColumns * kLanes) {
    Groups<stages> values;
    load_groups<stages>(values, x + j, stride, kLanes);
    backward_groups<stages, 1, 1>(values, w, c);
    SOTTO_UNROLL for (auto& group : values) {
      SOTTO_UNROLL for (int k = 0; k < kHalf; ++k) {
        const Register sum = add_lanes(group[k], group[k + kHalf]);
        const Register difference = subtract_lanes(add_lanes(group[k], c.twice_p), group[k + kHalf]);
        group[k] = reduce_once(multiply_lazy(sum, scale, c), c.p);
        group[k + kHalf] = reduce_once(multiply_lazy(difference, scaled_root, c), c.p);
      }
    }
    store_groups<stages>(x + j, stride, kLanes, values);
  }
}

SOTTO_INLINE void load_tail_factors(Factors<kLogLanes>& w, const Twiddles& twiddles, std::size_t square) {
  SOTTO_UNROLL for (std::size_t i = 0; i + 1 < kLanes; ++i) {
    const std::size_t at = (square * (kLanes - 1) + i) * kLanes;
    w[i] = {load(twiddles.tail_roots + at), load(twiddles.tail_quotients + at)};
  }
}

constexpr std::size_t kSquare = kLanes * kLanes;

// A column is a square of kSquare consecutive words.
void forward_squares(Word* x, const TransformTables& t, const Constants& c) {
  const std::size_t squares = t.degree / kSquare;
  for (std::size_t square = 0; square < squares; square += kColumns, x += kColumns * kSquare) {
    Groups<kLogLanes> values;
    load_groups<kLogLanes>(values, x, kLanes, kSquare);
    if constexpr (kLogLanes > 0) {
      Factors<kLogLanes> w[kColumns];
      SOTTO_UNROLL for (std::size_t i = 0; i < kColumns; ++i)
          load_factors<kLogLanes>(w[i], t.forward, squares + square + i);
      forward_groups<kLogLanes>(values, w, c);
      SOTTO_UNROLL for (auto& group : values) transpose(group);
      SOTTO_UNROLL for (std::size_t i = 0; i < kColumns; ++i) load_tail_factors(w[i], t.forward, square + i);
      forward_groups<kLogLanes>(values, w, c);
      SOTTO_UNROLL for (auto& group : values) transpose(group);
    }
    SOTTO_UNROLL for (auto& group : values) SOTTO_UNROLL for (Register& value : group) value =
        reduce_from_4p(value, c);
    store_groups<kLogLanes>(x, kLanes, kSquare, values);
  }
}

void backward_squares(Word* x, const TransformTables& t, const Constants& c) {
  if constexpr (kLogLanes > 0) {
    const std::size_t squares = t.degree / kSquare;
    for (std::size_t square = 0; square < squares; square += kColumns, x += kColumns * kSquare) {
      Groups<kLogLanes> values;
      Factors<kLogLanes> w[kColumns];
      load_groups<kLogLanes>(values, x, kLanes, kSquare);
      SOTTO_UNROLL for (auto& group : values) transpose(group);
      SOTTO_UNROLL for (std::size_t i = 0; i < kColumns; ++i) load_tail_factors(w[i], t.backward, square + i);
      backward_groups<kLogLanes>(values, w, c);
      SOTTO_UNROLL for (auto& group : values) transpose(group);
      SOTTO_UNROLL for (std::size_t i = 0; i < kColumns; ++i)
          load_factors<kLogLanes>(w[i], t.backward, squares + square + i);
      backward_groups<kLogLanes>(values, w, c);
      store_groups<kLogLanes>(x, kLanes, kSquare, values);
    }
  }
}

// How many of the `left` stages before the squares the next pass takes: three, but four are two and two.
constexpr int stages_of_pass(int left) { return left == 4 ? 2 : left < 3 ? left : 3; }

void forward(Word* x, const TransformTables& tables, const Modulus& modulus) {
  const Constants c(modulus);
  std::size_t blocks = 1;
  for (int left = tables.log_degree - 2 * kLogLanes; left > 0;) {
    const int stages = stages_of_pass(left);
    if (stages == 3) pass<3, true>(x, blocks, tables, c);
    if (stages == 2) pass<2, true>(x, blocks, tables, c);
    if (stages == 1) pass<1, true>(x, blocks, tables, c);
    blocks <<= stages;
    left -= stages;
  }
  forward_squares(x, tables, c);
}

void backward(Word* x, const TransformTables& tables, const Modulus& modulus) {
  const Constants c(modulus);
  backward_squares(x, tables, c);
  for (int left = tables.log_degree - 2 * kLogLanes; left > 0;) {
    const int stages = stages_of_pass(left);
    left -= stages;
    const std::size_t blocks = std::size_t{1} << left;
    if (left == 0) {
      if (stages == 3) backward_final<3>(x, tables, c);
      if (stages == 2) backward_final<2>(x, tables, c);
      if (stages == 1) backward_final<1>(x, tables, c);
    } else {
      if (stages == 3) pass<3, false>(x, blocks, tables, c);
      if (stages == 2) pass<2, false>(x, blocks, tables, c);
      if (stages == 1) pass<1, false>(x, blocks, tables, c);
    }
  }
}

// ---- word by word ----

void add_all(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  for (std::size_t i = 0; i < n; i += kLanes)
    store(out + i, reduce_once(add_lanes(load(a + i), load(b + i)), c.p));
}

void subtract_all(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  for (std::size_t i = 0; i < n; i += kLanes)
    store(out + i, wrap(subtract_lanes(load(a + i), load(b + i)), c.p));
}

void shift_all(Word* out, const Word* a, Word constant, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  const Register shift = broadcast(constant);
  for (std::size_t i = 0; i < n; i += kLanes) store(out + i, reduce_once(add_lanes(load(a + i), shift), c.p));
}

template <bool accumulate>
void multiply_all(Word* out, const Word* a, const Word* b, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  const Register inverse = broadcast(modulus.inverse);
  for (std::size_t i = 0; i < n; i += kLanes) {
    Register product = montgomery(load(a + i), load(b + i), inverse, c);
    if constexpr (accumulate) product = reduce_once(add_lanes(product, load(out + i)), c.p);
    store(out + i, product);
  }
}

template <bool accumulate>
void scale_all(Word* out, const Word* a, Factor factor, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  const Multiplier w = broadcast(factor);
  for (std::size_t i = 0; i < n; i += kLanes) {
    Register product = reduce_once(multiply_lazy(load(a + i), w, c), c.p);
    if constexpr (accumulate) product = reduce_once(add_lanes(product, load(out + i)), c.p);
    store(out + i, product);
  }
}

// A 64-bit number times a factor mod p, below p; `high` is the factor of its upper twelve bits.
SOTTO_INLINE Register multiply_word(Register x, const Multiplier& low, const Multiplier& high,
                                    const Constants& c) {
  return reduce_from_4p(add_lanes(multiply_lazy(and_lanes(x, c.mask), low, c),
                                  multiply_lazy(shift_right<kWordBits>(x), high, c)),
                        c);
}

void scale_word_add(Word* out, const Word* a, Factor factor, Factor high_factor, std::size_t n,
                    const Modulus& modulus) {
  const Constants c(modulus);
  const Multiplier low = broadcast(factor), high = broadcast(high_factor);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Register product = multiply_word(load(a + i), low, high, c);
    store(out + i, reduce_once(add_lanes(product, load(out + i)), c.p));
  }
}

// Lifted by 2^63 to unsigned numbers, which is taken off again modulo p.
void from_signed(Word* out, const Word* a, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  const Word radix = to_montgomery(1, modulus), lift = (Word{1} << 63) % modulus.value;
  const Multiplier low = broadcast(Factor{1, quotient(1, modulus)});
  const Multiplier high = broadcast(Factor{radix, quotient(radix, modulus)});
  const Register up = broadcast(Word{1} << 63), down = broadcast(lift);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Register residue = multiply_word(add_lanes(load(a + i), up), low, high, c);
    store(out + i, wrap(subtract_lanes(residue, down), c.p));
  }
}

void binomial(Word* out, const Word* random, Word offset, std::size_t n, const Modulus& modulus) {
  const Constants c(modulus);
  const Register shift = broadcast((offset + modulus.value - kBinomialBits / 2) % modulus.value);
  const Register bits = broadcast((Word{1} << kBinomialBits) - 1);
  for (std::size_t i = 0; i < n; i += kLanes)
    store(out + i, reduce_once(add_lanes(count_bits(and_lanes(load(random + i), bits)), shift), c.p));
}

struct Limbs {
  Register high, low;  // of 2^104 f, 52 bits each
};

// f by limbs of 2^156 / p; the lowest only gives its carry.
SOTTO_INLINE Limbs sum_fractions(const Word* y, std::size_t stride, const Fraction* fractions,
                                 std::size_t primes) {
  const Register mask = broadcast(kWordMask);
  Register sums[3] = {broadcast(Word{0}), broadcast(Word{0}), broadcast(Word{0})};
  for (std::size_t i = 0; i < primes; ++i) {
    const Register x = load(y + i * stride);
    Register limbs[3];
    SOTTO_UNROLL for (int k = 0; k < 3; ++k) limbs[k] = broadcast(fractions[i].limbs[k]);
    SOTTO_UNROLL for (int k = 0; k < 3; ++k) sums[k] = product_low(sums[k], x, limbs[k]);
    SOTTO_UNROLL for (int k = 0; k < 2; ++k) sums[k + 1] = product_high(sums[k + 1], x, limbs[k]);
  }
  SOTTO_UNROLL for (int k = 0; k < 2; ++k) sums[k + 1] =
      add_lanes(sums[k + 1], shift_right<kWordBits>(sums[k]));
  return {and_lanes(sums[2], mask), and_lanes(sums[1], mask)};
}

void round_to_power(Word* out, const Word* y, std::size_t stride, const Fraction* fractions,
                    std::size_t primes, int bits, std::size_t n) {
  const Register half = broadcast(bits == 64 ? 0 : Word{1} << (63 - bits)), one = broadcast(Word{1});
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Limbs f = sum_fractions(y + i, stride, fractions, primes);
    const Register top = add_lanes(shift_left<12>(f.high), shift_right<40>(f.low));
    const Register rounded = bits == 64 ? add_lanes(top, and_lanes(shift_right<39>(f.low), one))
                                        : shift_right_by(add_lanes(top, half), 64 - bits);
    store(out + i, rounded);
  }
}

void round_to_prime(Word* out, const Word* y, std::size_t stride, const Fraction* fractions,
                    std::size_t primes, Word t, std::size_t n) {
  const Register factor = broadcast(t), half = broadcast(Word{1} << (kWordBits - 1));
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Limbs f = sum_fractions(y + i, stride, fractions, primes);
    const Register low = product_high(product_low(half, factor, f.high), factor, f.low);
    const Register rounded = product_high(shift_right<kWordBits>(low), factor, f.high);
    store(out + i, reduce_once(rounded, factor));
  }
}

// (high * 2^52 + low) / 2^52 mod p for high < 2^59, low < 2^63, p > 2^12. The carry of `low` keeps `high`
// below 2^60; Barrett's quotient of it is at most 2 too small, and its remainder below 3p + 2^10 < 4p.
SOTTO_INLINE Register reduce_sums(Register high, Register low, Register inverse, Register wide_quotient,
                                  const Constants& c) {
  const Register zero = broadcast(Word{0});
  high = add_lanes(high, shift_right<kWordBits>(low));
  const Register multiple = product_high(zero, shift_right<10>(high), wide_quotient);
  const Register rest = and_lanes(product_low(high, multiple, c.negative_p), c.mask);
  const Register from_low = product_high(zero, product_low(zero, low, inverse), c.p);
  return reduce_once(wrap(subtract_lanes(reduce_once(rest, c.twice_p), from_low), c.p), c.p);
}

// Registers of each component that stay summed up while the terms go by.
constexpr std::size_t kDotRegisters = 4;

template <std::size_t registers>
SOTTO_INLINE void dot_block(Word* out0, Word* out1, const Word* const* a0, const Word* const* a1,
                            const Word* const* b, std::size_t terms, std::size_t at, Register inverse,
                            Register wide_quotient, const Constants& c) {
  Register high0[registers], low0[registers], high1[registers], low1[registers];
  SOTTO_UNROLL for (std::size_t r = 0; r < registers; ++r) high0[r] = low0[r] = high1[r] = low1[r] =
      broadcast(Word{0});
  for (std::size_t i = 0; i < terms; ++i) {
    SOTTO_UNROLL for (std::size_t r = 0; r < registers; ++r) {
      const std::size_t j = at + r * kLanes;
      const Register factor = load(b[i] + j), x = load(a0[i] + j), y = load(a1[i] + j);
      low0[r] = product_low(low0[r], x, factor);
      high0[r] = product_high(high0[r], x, factor);
      low1[r] = product_low(low1[r], y, factor);
      high1[r] = product_high(high1[r], y, factor);
    }
  }
  SOTTO_UNROLL for (std::size_t r = 0; r < registers; ++r) {
    const std::size_t j = at + r * kLanes;
    store(out0 + j, reduce_sums(high0[r], low0[r], inverse, wide_quotient, c));
    store(out1 + j, reduce_sums(high1[r], low1[r], inverse, wide_quotient, c));
  }
}

void dot(Word* out0, Word* out1, const Word* const* a0, const Word* const* a1, const Word* const* b,
         std::size_t terms, std::size_t begin, std::size_t end, const Modulus& modulus) {
  const Constants c(modulus);
  const Register inverse = broadcast(modulus.inverse), wide_quotient = broadcast(modulus.wide_quotient);
  for (std::size_t at = begin; at < end; at += kDotRegisters * kLanes)
    dot_block<kDotRegisters>(out0, out1, a0, a1, b, terms, at, inverse, wide_quotient, c);
}

constexpr Table make_table(const char* name) {
  return {.name = name,
          .log_lanes = kLogLanes,
          .forward = forward,
          .backward = backward,
          .add = add_all,
          .subtract = subtract_all,
          .multiply = multiply_all<false>,
          .multiply_add = multiply_all<true>,
          .shift = shift_all,
          .scale = scale_all<false>,
          .scale_add = scale_all<true>,
          .scale_word_add = scale_word_add,
          .from_signed = from_signed,
          .binomial = binomial,
          .round_to_power = round_to_power,
          .round_to_prime = round_to_prime,
          .dot = dot};
}

}  // namespace
}  // namespace sotto::lattice

#undef SOTTO_INLINE
#undef SOTTO_UNROLL
