// softmax: e^a / (sum of e^a) over the last axis, of k columns.
//
// The maximum m of a row is taken off first: e^(a - m) by lookup on [-range, 0], the sum in [1, k] by
// addition, its reciprocal by lookup, and one product. Exponentials carry 4 bits and the reciprocal 6 more
// than the result.
//
// Domain: differences of a row below 2^(window-1) units. Elements more than `range` <= 256 below their
// maximum count as nothing, which is an error below e^-range: no row is too wide. Error: at most 2^-17 p + 2
// units + e^-range. Rounds (rep3): maximum (8 for 3 <= k <= 10) + 6 + 3 + 2 = 19; k > 31: the wide
// reciprocal's 12 for 3. Bytes: 4.7 kB per row of ten with a range below 28, whose exponentials take eight
// pieces.
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

// Of the sums; their own error must not lead out of it.
PositiveRange sums(std::int64_t columns, int fraction_bits) {
  return {.minimum = 1 - 0x1p-8,
          .maximum = static_cast<double>(columns) * (1 + 0x1p-8),
          .fraction_bits = fraction_bits};
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
