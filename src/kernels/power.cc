#include "kernels/power.h"

#include <algorithm>
#include <cmath>

namespace sotto::kernels {

namespace {

// Below the least value, logarithms may be less by this.
constexpr double kMargin = 1.1;

}  // namespace

Logarithm Power::logarithm() const {
  Logarithm logarithm{.lowest = std::ilogb(range.minimum) + range.fraction_bits, .precision = precision};
  const double most =
      std::ldexp(range.maximum, range.fraction_bits) + std::ldexp(1.0, logarithm.lowest - 4) + 1;
  logarithm.highest = std::ilogb(most) + 1;
  return logarithm;
}

double Power::spread() const {
  return std::ldexp(0.5 * std::abs(halves), logarithm().whole_bits() - Logarithm::kPieceBits);
}

int Power::result_bound() const {
  const double lowest = std::ilogb(range.minimum) - kMargin, highest = std::log2(range.maximum) + 0.1;
  return static_cast<int>(std::floor(0.5 * halves * (halves < 0 ? lowest : highest))) + 1;
}

// Two bits more than the precision of the smallest factor, and of the smallest coefficient.
int Power::coefficient_bits() const {
  const double lowest = std::ilogb(range.minimum) - kMargin, highest = std::log2(range.maximum) + 0.1;
  const double least = 0.5 * halves * (halves < 0 ? highest : lowest) - (halves < 0 ? 0 : spread());
  return std::max(precision + 1 + static_cast<int>(std::ceil(-least)), 0);
}

int Power::factor_bits() const {
  const int bits = precision + 1 + (halves < 0 ? static_cast<int>(spread()) : 0);
  return std::max(bits, result_bits - coefficient_bits());
}

void Power::check(const Check& check) const {
  const Logarithm log = logarithm();
  check.require(log.lowest >= 0, "the minimum is below the operand's last place");
  check.require(log.fits(), "the range from minimum to maximum is too wide for this precision");
  check.require(coefficient_bits() + factor_bits() + std::max(result_bound(), 0) <= 62,
                "results over this range have too many bits: narrow it, lower the precision, or use fewer "
                "fraction bits");
  check.require(truncate_bits() <= 61, "the result has too few fraction bits for this range");
}

PiecewiseFunction Power::function() const {
  const Logarithm log = logarithm();
  PiecewiseFunction function;
  function.name = "power";
  function.minimum = log.minimum();
  function.window = log.window();
  function.piece_bits = Logarithm::kPieceBits;
  function.terms = 1;
  function.truncate_bits = truncate_bits();
  // In halves: a fraction bit more than the logarithm's. Its own is that of x in units, less `lowest`.
  const int fraction = log.fraction_bits() + 1;
  const std::int64_t offset = std::int64_t{log.lowest - range.fraction_bits} << log.fraction_bits();
  function.coefficients = [=, halves = std::int64_t{halves}, bits = coefficient_bits(),
                           minimum = function.minimum](std::int64_t base, std::span<ring::Element> out) {
    out[0] = fixed_exp2(halves * (base + minimum + offset), fraction, bits);
  };
  function.basis = [=, halves = std::int64_t{halves}, bits = factor_bits()](std::uint64_t low,
                                                                            std::span<ring::Element> out) {
    out[0] = fixed_exp2(halves * static_cast<std::int64_t>(low), fraction, bits);
  };
  return function;
}

Task<Share> power(Context& context, Share x, const Power& power) {
  const Logarithm logarithm = power.logarithm();
  const PiecewiseFunction function = power.function();
  co_return co_await protocols::lookup_of_logarithm(context, std::move(x), logarithm, function);
}

}  // namespace sotto::kernels
