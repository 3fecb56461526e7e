// probe: random projections of a tensor (protocols/probes.h), local. outside: how many of the conditions
// -limit <= t and t < limit (in units of the last place) the elements violate, as a whole number: zero
// exactly when all are inside, for any ring elements whatever; an element that is almost 2^63 away may count
// twice.
//
// Together they check a bound that was measured and not proven: probes of a tensor whose norm is small are
// inside but for 2 e^-25 each, and with an element of 2 limit units or more at least one of its group's
// probes is outside but for 2^-48. What is then opened is one bit (passes/guard): whether any was. Rounds
// (rep3) of outside: 4 + 2. Bytes per element: two signs at full width and two bits as numbers, about 150.
#include "kernels/probe.h"

#include <algorithm>

#include "kernels/all.h"
#include "kernels/local.h"
#include "protocols/probes.h"

namespace sotto::kernels {
namespace {

void check_probe(const Call& call) {
  const Check check("probe", call, 1, 1);
  check.numeric(check.operand(0), "the operand");
  check_probes(check, check.result(), check.operand(0).shape);
  check.same_fraction(check.operand(0), check.result());
}

Task<Shares> run_probe(Context& context, const Call& call) {
  const Share v = secret(context, call.operands[0]);
  protocols::Contraction identity;
  identity.shape = v.shape;
  identity.addends.push_back({.share = v});
  identity.probe_groups = static_cast<std::size_t>(integer(call.attributes, "probes"));
  Shares results = co_await protocols::contract(context, std::move(identity));
  co_return Shares{results.back()};
}

void check_outside(const Call& call) {
  const Check check("outside", call, 1, 1);
  const ValueType& y = check.result();
  check.arithmetic(check.operand(0), "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, {}, "the result");
  check.require(y.fraction_bits == 0, "the result is a whole number");
  check.require(element_count(check.operand(0).shape) <= std::int64_t{1} << 40,
                "the operand has too many elements");
  check.within("limit", 0, 1, std::int64_t{1} << 62);
  check.effort();
}

// limit + t >= 0 and limit - 1 - t >= 0, in one comparison of twice the length. At full width both wrap to a
// negative number only where t is far outside.
Task<Shares> run_outside(Context& context, const Call& call) {
  const Share t =
      secret(context, call.operands[0]).reshaped({static_cast<std::int64_t>(call.operands[0].elements())});
  const auto limit = static_cast<ring::Element>(integer(call.attributes, "limit"));
  const Share above = added(context, splat(context, limit, t.shape), t);
  const Share below = subtracted(context, splat(context, limit - 1, t.shape), t);
  const auto count = t.shape[0];
  const Share both = joined(context, {above, below}, 0);
  const Share inside = co_await protocols::sign(context, both, 64, effort_of(call.attributes));
  const Share numbers = co_await protocols::from_bits(context, inside, 1);
  const Share sum = last_axis_summed(context, numbers);
  co_return Shares{
      subtracted(context, splat(context, static_cast<ring::Element>(2 * count), sum.shape), sum)};
}

}  // namespace

void check_probes(const Check& check, const ValueType& result, const Shape& probed) {
  check.arithmetic(result, "the probes");
  const std::int64_t groups = check.within("probes", 0, 1, std::max<std::int64_t>(element_count(probed), 1));
  check.require(element_count(probed) <= std::int64_t{1} << 28,
                "a tensor that is probed has at most 2^28 elements");
  check.shape(result, {groups, protocols::kProbes}, "the probes");
}

const Kernel kProbe{"probe", check_probe, run_probe};
const Kernel kOutside{"outside", check_outside, run_outside};

}  // namespace sotto::kernels
