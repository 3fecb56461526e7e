#include "kernels/power.h"

#include <algorithm>
#include <cmath>

namespace sotto::kernels {

namespace {

constexpr int kMostPieceBits = 6;
// Up to here 2^-27 is nothing beside the logarithm's error.
constexpr int kShortPrecision = 16;

}  // namespace

Logarithm logarithm_over(const PositiveRange& range, int precision) {
  Logarithm logarithm{.lowest = std::ilogb(range.minimum) + range.fraction_bits, .precision = precision};
  const double most =
      std::ldexp(range.maximum, range.fraction_bits) + std::ldexp(1.0, logarithm.lowest - 4) + 1;
  logarithm.highest = std::ilogb(most) + 1;
  return logarithm;
}

bool Power::Split::fits() const {
  return coefficient_bits + factor_bits + std::max(result_bound, 0) <= kMaximumBits;
}

Power::Split Power::split_with(int piece_bits, bool is_absolute) const {
  Split split{};
  split.logarithm = logarithm_over(range, precision);
  split.logarithm.piece_bits = piece_bits;
  const double power = 0.5 * halves;
  split.spread = std::ldexp(std::abs(power), split.logarithm.whole_bits() - piece_bits);
  // Logarithms of what is below the range may be less than its least, by this.
  const double margin = std::abs(halves) == 1 ? 1.1 : 0.1;
  const double lowest = std::ilogb(range.minimum) - margin, highest = std::log2(range.maximum) + 0.1;
  split.result_bound = static_cast<int>(std::floor(power * (halves < 0 ? lowest : highest))) + 1;
  // A coefficient is a result over its factor, which is at most 1 where powers fall and at least 1 where they
  // rise.
  const double rising = halves < 0 ? 0 : split.spread;
  const double least = power * (halves < 0 ? highest : lowest) - rising;
  const double wanted = is_absolute ? result_bits + 2 + rising : precision + 1 - least;
  split.coefficient_bits = std::max(static_cast<int>(std::ceil(wanted)), 0);
  const int factor = precision + 1 + (halves < 0 ? static_cast<int>(std::ceil(split.spread)) : 0);
  split.factor_bits = std::max(factor, result_bits - split.coefficient_bits);
  return split;
}

Power::Split Power::split() const {
  for (int piece_bits = 2; piece_bits <= kMostPieceBits; ++piece_bits)
    for (const bool is_absolute : {false, true})
      if (const Split split = split_with(piece_bits, is_absolute); split.fits()) return split;
  return split_with(kMostPieceBits, true);
}

bool Power::fits() const {
  const Split all = split();
  return all.logarithm.fits() && all.fits() && all.coefficient_bits + all.factor_bits - result_bits <= 61;
}

void Power::check(const Check& check) const {
  const Logarithm logarithm = logarithm_over(range, precision);
  check.require(logarithm.lowest >= 0, "the minimum is below the operand's last place");
  check.require(logarithm.fits(), "the range from minimum to maximum is too wide for this precision");
  const Split all = split();
  check.require(all.fits(),
                "results over this range have too many bits: narrow it, lower the precision, or use fewer "
                "fraction bits");
  check.require(all.coefficient_bits + all.factor_bits - result_bits <= 61,
                "the result has too few fraction bits for this range");
}

PiecewiseFunction Power::function(const Split& split) const {
  const Logarithm& log = split.logarithm;
  PiecewiseFunction function;
  function.name = "power";
  function.minimum = log.minimum();
  function.window = log.window();
  function.piece_bits = log.piece_bits;
  function.terms = 1;
  function.truncate_bits = split.coefficient_bits + split.factor_bits - result_bits;
  // In halves: a fraction bit more than the logarithm's. Its own is that of x in units, less `lowest`.
  const int fraction = log.fraction_bits() + 1;
  const std::int64_t offset = std::int64_t{log.lowest - range.fraction_bits} << log.fraction_bits();
  const auto exp2 = precision <= kShortPrecision ? short_exp2 : fixed_exp2;
  function.coefficients = [=, halves = std::int64_t{halves}, bits = split.coefficient_bits,
                           minimum = function.minimum](std::int64_t base, std::span<ring::Element> out) {
    out[0] = exp2(halves * (base + minimum + offset), fraction, bits);
  };
  function.basis = [=, halves = std::int64_t{halves}, bits = split.factor_bits](
                       std::uint64_t low, std::span<ring::Element> out) {
    out[0] = exp2(halves * static_cast<std::int64_t>(low), fraction, bits);
  };
  return function;
}

Task<Share> power(Context& context, Share x, const Power& power) {
  const Power::Split split = power.split();
  const PiecewiseFunction function = power.function(split);
  co_return co_await protocols::lookup_of_logarithm(context, std::move(x), split.logarithm, function);
}

}  // namespace sotto::kernels
