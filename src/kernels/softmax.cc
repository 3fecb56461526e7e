// softmax: e^a / (sum of e^a) over the last axis, of k columns.
//
// A column near the maximum m of a row is taken off first: powers e^(a - m) by lookup, their sum by addition,
// its reciprocal by lookup, and one product.
//
// At once, for 2 <= k <= 10 and results of at most 18 fraction bits: m is a column that is the maximum but
// for less than 1/4; powers are products of 22 and 19 bits, not truncated, and zero somewhere below e^-13.5;
// the reciprocal carries 20 bits. Error: at most 2^-14 p + 2 units (docs/numerics.md). Rounds (rep3): 12; 11
// in windows up to 24, 13 above 47 and 14 above 52 (at 18 fraction bits). Bytes: 4.1 kB per row of ten.
//
// Else step by step: e^(a - m) on [-range, 0] with 4 bits more than the result, the sum in [1, k], its
// reciprocal with 6 bits more. Elements more than `range` <= 256 below their maximum count as nothing, which
// is an error below e^-range: no row is too wide. Error: at most 2^-17 p + 2 units + e^-range. Rounds (rep3):
// maximum (8 for 3 <= k <= 10) + 6 + 3 + 2 = 19; k > 31: the wide reciprocal's for 3. Bytes: 4.7 kB per row
// of ten with a range below 28, whose exponentials take eight pieces.
//
// Domain: differences of a row below 2^(window-1) units.
#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/maximum.h"
#include "kernels/product.h"
#include "kernels/reciprocal.h"

namespace sotto::kernels {
namespace {

constexpr int kExtraExponentialBits = 4, kExtraReciprocalBits = 6;
constexpr double kMostRange = 256;
constexpr std::int64_t kMostColumnsOfSoftmax = 4096;

struct Precision {
  int exponential, reciprocal;
};

Precision precision_of(const ValueType& y) {
  return {.exponential = y.fraction_bits + kExtraExponentialBits,
          .reciprocal = y.fraction_bits + kExtraReciprocalBits};
}

Domain exponents(const Call& call) {
  const int fraction = call.operand_types[0].fraction_bits;
  const double range = real(call.attributes, "range");
  return {.minimum = -static_cast<std::int64_t>(std::ceil(std::ldexp(range, fraction))),
          .maximum = 0,
          .fraction_bits = fraction};
}

// Of sums of powers at most `largest`; their own error must not lead out of it.
PositiveRange sums(std::int64_t columns, int fraction_bits, double largest = 1) {
  return {.minimum = 1 - 0x1p-8,
          .maximum = static_cast<double>(columns) * largest * (1 + 0x1p-8),
          .fraction_bits = fraction_bits};
}

// All in one. The bits of power and reciprocal leave room for a product below 2.
constexpr int kCoefficientBits = 22, kBasisBits = 19, kInverseBits = 20, kSumBits = 22;
constexpr int kPieceBits = 3, kPieceExponent = 1;  // eight pieces of 2
constexpr double kLowest = -13.5;                  // below, or a piece below, powers are zero
// Columns are compared in three digits where that leaves out no more than 1/4, in one level of merging else.
constexpr int kComparedBits = 12, kLeftOutBits = 3, kBitsOfAFewDigits = 16, kMostWindow = 60;

bool is_at_once(const Call& call, const Comparing& how) {
  const ValueType& a = call.operand_types[0];
  return a.shape.back() >= 2 && a.shape.back() <= kMostColumnsByPairs && a.fraction_bits >= 4 &&
         call.result_types[0].fraction_bits <= 18 && how.window <= kMostWindow;
}

protocols::Softmax at_once(const Call& call, const Comparing& how) {
  const ValueType& a = call.operand_types[0];
  const int fraction = a.fraction_bits;
  protocols::Softmax function;
  function.window = how.window;
  function.dropped_bits = std::clamp(how.window - kComparedBits, 0, fraction - kLeftOutBits);
  function.effort = how.effort;
  if (how.effort == protocols::Effort::kFewBytes && how.window - function.dropped_bits > kBitsOfAFewDigits)
    function.effort = protocols::Effort::kBalanced;
  const auto lowest = static_cast<std::int64_t>(std::ldexp(kLowest, fraction));
  function.exponential =
      untruncated_exponential({.minimum = lowest, .maximum = 0, .fraction_bits = fraction},
                              fraction + kPieceExponent, kPieceBits, kCoefficientBits, kBasisBits);
  const double largest = std::exp(std::ldexp(2.0, function.dropped_bits - fraction));
  function.reciprocal = narrow_reciprocal(sums(a.shape.back(), kSumBits, largest), kInverseBits);
  function.dropped_from_sum = kCoefficientBits + kBasisBits - kSumBits;
  function.truncate_bits = kCoefficientBits + kBasisBits + kInverseBits - call.result_types[0].fraction_bits;
  return function;
}

void check_softmax(const Call& call) {
  const Check check("softmax", call, 1, 1);
  const ValueType &a = check.operand(0), &y = check.result();
  check.numeric(a, "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, a.shape, "the result");
  check.require(!a.shape.empty() && a.shape.back() >= 1 && a.shape.back() <= kMostColumnsOfSoftmax,
                "softmax is over a last axis of 1 to 4096 columns");
  check.require(a.shape.size() < kMaximumRank - 1, "the operand's rank leaves no room for two axes more");
  check.comparison();
  check.require(a.fraction_bits + a.bound_bits + 1 <= kMaximumBits,
                "the difference of two columns overflows");
  check.require(check.positive("range") <= kMostRange, "the range of a row is more than 256");
  check.require(a.fraction_bits <= 26, "the operand has more than 26 fraction bits");
  check.require(y.fraction_bits >= 4 && y.fraction_bits <= 24, "the result has 4 to 24 fraction bits");
  check_reciprocal(check, sums(a.shape.back(), precision_of(y).exponential), precision_of(y).reciprocal);
}

// e^t for -range <= t <= 0 and 0 below: the lookup knows nothing beyond its domain, so a comparison beside it
// decides.
Task<Share> clamped_powers(Context& context, const Share& t, const Call& call, Comparing how) {
  const Domain domain = exponents(call);
  const PiecewiseFunction exp = exponential(domain, precision_of(call.result_types[0]).exponential, 0);
  const Share above = added(context, t, splat(context, static_cast<ring::Element>(-domain.minimum), t.shape));
  std::vector<Task<Share>> both;
  both.push_back(protocols::lookup(context, t, exp));
  both.push_back(protocols::sign(context, above, std::min(how.window + 1, 64), how.effort));
  Shares found = co_await when_all(std::move(both));
  protocols::Contraction c;
  c.addends.push_back({.share = found[0]});
  c.shape = t.shape;
  c.then = protocols::Then::kSelect;
  c.selector = found[1];
  Shares selected = co_await protocols::contract(context, std::move(c));
  co_return selected[0];
}

Task<Shares> run_softmax(Context& context, const Call& call) {
  const ValueType& y = call.result_types[0];
  const Precision precision = precision_of(y);
  const Comparing how = comparing(call.attributes);
  const Share x = secret(context, call.operands[0]);
  if (is_at_once(call, how)) co_return Shares{co_await protocols::softmax(context, x, at_once(call, how))};
  const std::int64_t columns = x.shape.back();
  const Share largest = co_await maximum(context, x, how);
  const Share below = subtracted(context, x, repeated(context, largest, columns));
  const Share powers = co_await clamped_powers(context, below, call, how);
  const Share inverses = co_await reciprocal(context, last_axis_summed(context, powers),
                                             sums(columns, precision.exponential), precision.reciprocal);
  co_return Shares{co_await multiplied(context, powers, repeated(context, inverses, columns),
                                       precision.exponential + precision.reciprocal - y.fraction_bits)};
}

}  // namespace

const Kernel kSoftmax{"softmax", check_softmax, run_softmax};

}  // namespace sotto::kernels
