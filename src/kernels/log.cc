// log: the natural logarithm of a in [minimum, maximum], 2^-20 <= minimum <= maximum <= 2^20.
//
// a = m 2^e with e = floor(log2 a) by comparison with all powers of two at once, m in [1, 2) by one product;
// log m by a lookup of polynomials, and e log 2, rounded at each e, from the same bits locally. With one
// binade there is no e.
//
// Error: at most 2^-17 + 1.5 units. Rounds (rep3): 10; 3 within one binade. Bytes: 0.9 kB on [2^-8, 2^8].
#include <algorithm>
#include <cmath>
#include <numbers>

#include "kernels/all.h"
#include "kernels/normalisation.h"
#include "kernels/reciprocal.h"

namespace sotto::kernels {
namespace {

constexpr double kLogError = 0x1p-18;

PiecewiseFunction normalised_log(int fraction_bits, int result_bits) {
  const std::int64_t one = std::int64_t{1} << fraction_bits;
  Fit fit{.function = constant_time_log,
          .domain = {.minimum = one, .maximum = 2 * one - 1, .fraction_bits = fraction_bits},
          .terms = 1,
          .piece_bits = 1,
          .result_bits = result_bits,
          .result_bound = 1};
  choose_pieces(fit, kLogError);
  return fitted("log of a number in [1, 2)", fit);
}

void check_log(const Call& call) {
  const Check check("log", call, 1, 1);
  const ValueType& y = check.result();
  check.numeric(check.operand(0), "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, check.operand(0).shape, "the result");
  check.require(y.shape.size() < kMaximumRank, "the operand's rank leaves no room for one axis more");
  check.require(y.fraction_bits <= 45, "the result has too many fraction bits");
  const PositiveRange range = checked_range(check, check.operand(0));
  check.require(Normalisation(range.minimum, range.maximum, range.fraction_bits).normalised_bits() <= 38,
                "the range has more than 38 bits");
}

Task<Shares> run_log(Context& context, const Call& call) {
  const int result_bits = call.result_types[0].fraction_bits;
  const PositiveRange range = range_of(call.attributes, call.operand_types[0]);
  const Normalisation normalisation(range.minimum, range.maximum, range.fraction_bits);
  const PiecewiseFunction function = normalised_log(normalisation.normalised_bits(), result_bits);
  const auto exponent_part = [&](int exponent) {
    return std::llrint(std::ldexp(exponent * std::numbers::ln2, result_bits));
  };
  const Share x = secret(context, call.operands[0]);
  if (normalisation.thresholds() == 0) {
    const Share y = co_await protocols::lookup(context, x, function);
    const auto offset = static_cast<ring::Element>(exponent_part(normalisation.highest()));
    co_return Shares{added(context, y, splat(context, offset, y.shape))};
  }
  const Share bits = co_await normalisation.bits(context, x);
  const Share normalised = co_await multiplied(context, x, normalisation.scale(context, bits), 0);
  const Share y = co_await protocols::lookup(context, normalised, function);
  co_return Shares{added(context, y, normalisation.function_of_exponent(context, bits, exponent_part))};
}

}  // namespace

const Kernel kLog{"log", check_log, run_log};

}  // namespace sotto::kernels
