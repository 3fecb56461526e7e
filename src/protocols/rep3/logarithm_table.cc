#include "protocols/rep3/logarithm_table.h"

#include <array>
#include <bit>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "base/vectorized.h"
#include "protocols/secret_logarithm.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;
constexpr double kLeast = 0.62;
constexpr double kRounder = 0x1.8p52;  // a number below 2^51 plus this has its integer in the low bits

// Chebyshev points of [0, 1] and the matrix from values there to monomials.
template <int Terms>
struct Interpolation {
  std::array<double, Terms> points;
  std::array<std::array<double, Terms>, Terms> monomials;  // [power][point]

  Interpolation() {
    for (int j = 0; j < Terms; ++j) points[j] = 0.5 + 0.5 * std::cos(std::numbers::pi * (j + 0.5) / Terms);
    for (int j = 0; j < Terms; ++j) {
      // The Lagrange polynomial of point j.
      std::array<double, Terms> polynomial{};
      polynomial[0] = 1;
      for (int i = 0, degree = 0; i < Terms; ++i) {
        if (i == j) continue;
        const double scale = 1 / (points[j] - points[i]);
        for (int k = ++degree; k >= 0; --k)
          polynomial[k] = ((k > 0 ? polynomial[k - 1] : 0) - points[i] * polynomial[k]) * scale;
      }
      for (int k = 0; k < Terms; ++k) monomials[k][j] = polynomial[k];
    }
  }
};

// One piece for all elements. The fit begins at the piece's base or, where that is less, at the least number
// of all: below, no argument lies. Written for vectors: every element does the same.
template <int Terms>
[[gnu::always_inline]] inline void fill_piece(Word* out, const Word* masks, std::size_t count,
                                              std::size_t piece, const LogarithmTable& table,
                                              const Interpolation<Terms>& interpolation) {
  const int low_bits = table.low_bits();
  const Word window = (Word{2} << table.fraction) - 1;
  const Word highest = window + 1 - (Word{1} << low_bits);
  const double unit = std::ldexp(1.0, -table.fraction), least = static_cast<double>(table.minimum()) * unit;
  const double scale = std::ldexp(1.0, table.coefficient_bits());
  const double first_scale = std::ldexp(1.0, table.result_bits());
  for (std::size_t i = 0; i < count; ++i) {
    const Word base = ((Word{piece} << low_bits) - masks[i]) & window;
    // Bases above the highest stand for negative ones: their distance below zero, in pieces, is `before`.
    const Word wrapped = Word{0} - static_cast<Word>(base > highest);
    const Word start_units = base & ~wrapped, before_units = (window + 1 - base) & wrapped;
    const double start = std::bit_cast<double>(start_units | std::bit_cast<Word>(0x1p52)) - 0x1p52;
    const double before =
        (std::bit_cast<double>(before_units | std::bit_cast<Word>(0x1p52)) - 0x1p52) * unit * 4;
    double values[Terms], c[Terms];
    for (int j = 0; j < Terms; ++j)
      values[j] = log2_of(least + start * unit + interpolation.points[j] * 0.25);
    for (int k = 0; k < Terms; ++k) {
      c[k] = 0;
      for (int j = 0; j < Terms; ++j) c[k] += interpolation.monomials[k][j] * values[j];
    }
    // From powers of tau - before to powers of tau.
    for (int step = 0; step < Terms; ++step)
      for (int k = Terms - 2; k >= step; --k) c[k] -= before * c[k + 1];
    for (int k = 0; k < Terms; ++k) {
      const double integer = c[k] * (k == 0 ? first_scale : scale) + kRounder;
      out[static_cast<std::size_t>(k) * count + i] =
          std::bit_cast<Word>(integer) - std::bit_cast<Word>(kRounder);
    }
  }
}

using Masks = std::span<const Word>;
SOTTO_VECTORIZED void fill_2(Word* out, Masks masks, std::size_t piece, const LogarithmTable& table,
                             const Interpolation<2>& interpolation) {
  fill_piece(out, masks.data(), masks.size(), piece, table, interpolation);
}
SOTTO_VECTORIZED void fill_3(Word* out, Masks masks, std::size_t piece, const LogarithmTable& table,
                             const Interpolation<3>& interpolation) {
  fill_piece(out, masks.data(), masks.size(), piece, table, interpolation);
}
SOTTO_VECTORIZED void fill_4(Word* out, Masks masks, std::size_t piece, const LogarithmTable& table,
                             const Interpolation<4>& interpolation) {
  fill_piece(out, masks.data(), masks.size(), piece, table, interpolation);
}
SOTTO_VECTORIZED void fill_5(Word* out, Masks masks, std::size_t piece, const LogarithmTable& table,
                             const Interpolation<5>& interpolation) {
  fill_piece(out, masks.data(), masks.size(), piece, table, interpolation);
}

template <int Terms>
void fill_with(void (*fill)(Word*, Masks, std::size_t, const LogarithmTable&, const Interpolation<Terms>&),
               const LogarithmTable& table, std::span<Word> out, Masks masks) {
  static const Interpolation<Terms> interpolation;
  for (std::size_t piece = 0; piece < LogarithmTable::kPieces; ++piece)
    fill(out.data() + piece * Terms * masks.size(), masks, piece, table, interpolation);
}

}  // namespace

std::int64_t LogarithmTable::minimum() const {
  return static_cast<std::int64_t>(std::floor(std::ldexp(kLeast, fraction)));
}

void LogarithmTable::fill(std::span<Word> out, std::span<const Word> masks) const {
  SOTTO_ASSERT(out.size() == masks.size() * static_cast<std::size_t>(kPieces * terms),
               "a table has a coefficient per element, piece and term");
  switch (terms) {
    case 2:
      return fill_with<2>(fill_2, *this, out, masks);
    case 3:
      return fill_with<3>(fill_3, *this, out, masks);
    case 4:
      return fill_with<4>(fill_4, *this, out, masks);
    default:
      return fill_with<5>(fill_5, *this, out, masks);
  }
}

}  // namespace sotto::protocols::rep3
