// log: the natural logarithm of a in [minimum, maximum], 2^-20 <= minimum <= maximum <= 2^20.
//
// One lookup of polynomials, where maximum <= 32 minimum and rounds are to be saved or pieces are few. Else
// log2 a as a number of a few bits (protocols/rep3/logarithm.h) and, of any split of it, log 2 times each
// part, rounded: a sum, with nothing to truncate. minimum counts as the power of two below it.
//
// Error: at most 2^-17 + 1 unit. Rounds (rep3): looked up 3, else 9. Bytes: looked up 1.6 kB on [1, 16], else
// 0.4 kB there and on [2^-8, 2^8].
#include <cmath>
#include <numbers>

#include "kernels/all.h"
#include "kernels/power.h"

namespace sotto::kernels {
namespace {

constexpr double kLogError = 0x1p-18;
constexpr int kResultBound = 4;  // |log a| < 2^4

// log x for x in a narrow range.
PiecewiseFunction narrow_log(const PositiveRange& range, int result_bits) {
  Fit fit{.function = constant_time_log,
          .domain = domain_of(range),
          .terms = 1,
          .piece_bits = 1,
          .result_bits = result_bits,
          .result_bound = kResultBound};
  choose_pieces(fit, kLogError);
  return fitted("log", fit);
}

// round(x log 2) at result_bits <= 45 for x with `fraction_bits` >= 0, |x| < 2^40 units: a product of
// integers.
std::int64_t times_log2(std::int64_t x, int fraction_bits, int result_bits) {
  constexpr std::int64_t kLog2 = 3196577161300663915;  // log(2) * 2^62
  const int shift = 62 + fraction_bits - result_bits;
  const auto product = static_cast<__int128>(x) * kLog2 + (static_cast<__int128>(1) << (shift - 1));
  return static_cast<std::int64_t>(product >> shift);
}

// (base + low) log 2 of a binary logarithm.
PiecewiseFunction natural(const Logarithm& logarithm, int value_fraction_bits, int result_bits) {
  PiecewiseFunction function;
  function.name = "log";
  function.minimum = logarithm.minimum();
  function.window = logarithm.window();
  function.piece_bits = logarithm.piece_bits;
  function.terms = 2;
  const int fraction = logarithm.fraction_bits();
  const std::int64_t offset =
      function.minimum + (std::int64_t{logarithm.lowest - value_fraction_bits} << fraction);
  function.coefficients = [=](std::int64_t base, std::span<ring::Element> out) {
    out[0] = static_cast<ring::Element>(times_log2(base + offset, fraction, result_bits));
    out[1] = 1;
  };
  function.basis = [=](std::uint64_t low, std::span<ring::Element> out) {
    out[0] = 1;
    out[1] = static_cast<ring::Element>(times_log2(static_cast<std::int64_t>(low), fraction, result_bits));
  };
  return function;
}

void check_log(const Call& call) {
  const Check check("log", call, 1, 1);
  const ValueType& y = check.result();
  check.numeric(check.operand(0), "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, check.operand(0).shape, "the result");
  check.effort();
  check.require(y.fraction_bits <= 45, "the result has too many fraction bits");
  const PositiveRange range = checked_range(check, check.operand(0));
  check.require(logarithm_over(range, kFinestPrecision).fits(), "the range is too wide");
}

Task<Shares> run_log(Context& context, const Call& call) {
  const int result_bits = call.result_types[0].fraction_bits;
  const PositiveRange range = range_of(call.attributes, call.operand_types[0]);
  const Share x = secret(context, call.operands[0]);
  if (range.is_narrow()) {
    const PiecewiseFunction function = narrow_log(range, result_bits);
    if (is_looked_up(range, function, effort_of(call.attributes)))
      co_return Shares{co_await protocols::lookup(context, x, function)};
  }
  const Logarithm logarithm = logarithm_over(range, kFinestPrecision);
  const PiecewiseFunction function = natural(logarithm, range.fraction_bits, result_bits);
  co_return Shares{co_await protocols::lookup_of_logarithm(context, x, logarithm, function)};
}

}  // namespace

const Kernel kLog{"log", check_log, run_log};

}  // namespace sotto::kernels
