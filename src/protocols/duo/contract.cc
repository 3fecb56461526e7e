#include "protocols/duo/contract.h"

#include <optional>

#include "base/bits.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/products.h"
#include "protocols/duo/selection.h"
#include "protocols/duo/signs.h"
#include "protocols/duo/slices.h"
#include "protocols/duo/truncation.h"
#include "protocols/local_contraction.h"
#include "protocols/probes.h"

namespace sotto::protocols::duo {
namespace {

using Product = Contraction::Product;

// This party's share of v, before truncation.
Task<Words> sum_of(Context& context, const Contraction& c, std::size_t count) {
  const bool crosses = c.product != Product::kNone && !terms_of(c).none();
  Words terms;
  if (crosses) terms = co_await crossed(context, c);
  Words sum = context.words(count);
  context.local([&] {
    const auto out = sum.mutable_span();
    multiply_locally(out, c);
    if (crosses) ring::accumulate_scaled(out, terms.span(), c.product_scale);
    add_locally(out, c);
  });
  co_return sum;
}

// A slice of v, to its share of the result, and of the sign's bits where there is a ReLU.
struct Settled {
  Words value, bits;
};

Task<Settled> settle(Context& context, const Contraction& c, Words part, Words selector) {
  const Site site = context.begin();
  const std::size_t count = part.size();
  Supply supply(context);
  Truncation truncation(supply, site, count, c.truncate_bits);
  std::optional<Signs> comparison;
  std::optional<Selection> selection;
  if (c.then == Then::kRelu) comparison.emplace(supply, site, count, c.window, c.effort);
  const bool narrow = c.then == Then::kRelu && Signs::is_chain(count, c.window, c.effort);
  if (c.then != Then::kNothing) selection.emplace(supply, count, narrow ? c.window : 64);
  co_await supply.make();
  truncation.prepare(std::move(part));
  std::vector<Task<Words>> tasks;
  tasks.push_back(truncation.run());
  if (comparison) tasks.push_back(comparison->run(truncation.half()));
  std::vector<Words> made = co_await when_all(std::move(tasks));
  Settled settled{made[0], comparison ? made[1] : selector};
  if (selection) settled.value = co_await selection->run(settled.bits, settled.value);
  co_return settled;
}

Share probes_of(const Context& context, const Contraction& c, const Words& sum, const Site& site) {
  Words probes = context.words(c.probe_groups * kProbes);
  context.local([&] {
    const auto sums = probes.mutable_span();
    std::ranges::fill(sums, 0);
    Projection(sum.size(), c.probe_groups).add(sums, sum.span(), 0, site);
  });
  return share_of(Kind::kArithmetic, {static_cast<std::int64_t>(c.probe_groups), kProbes}, std::move(probes));
}

}  // namespace

Task<Shares> contract(Context& context, Contraction c) {
  SOTTO_ASSERT(c.truncate_bits >= 0 && c.truncate_bits < 62, "a truncation drops 0 to 61 bits");
  SOTTO_ASSERT(c.then != Then::kRelu || c.window <= 64 - c.truncate_bits,
               "a window fits beside the truncated bits");
  const auto count = static_cast<std::size_t>(element_count(c.shape));
  const Site site = context.begin();
  const Words sum = co_await sum_of(context, c, count);
  const bool relu = c.then == Then::kRelu;
  Words value = sum, bits = relu ? context.words(bits::words_for(count)) : Words();
  if (c.truncate_bits > 0 || c.then != Then::kNothing) {
    value = context.words(count);
    const Words selector = c.then == Then::kSelect ? part_of(context, c.selector) : Words();
    const std::size_t most = relu ? Signs::slice_of(c.effort) : kLongSlice;
    for (const Slice& slice : slices_of(count, most)) {
      Words chosen = c.then == Then::kSelect ? slice.of_plane(selector) : Words();
      const Settled settled = co_await settle(context, c, slice.of(sum), std::move(chosen));
      context.local([&] {
        store(value, slice.begin, settled.value);
        if (relu) store(bits, slice.begin / 64, settled.bits);
      });
    }
  }
  Shares results;
  results.push_back(share_of(Kind::kArithmetic, c.shape, std::move(value)));
  if (relu) results.push_back(share_of(Kind::kBoolean, c.shape, std::move(bits)));
  if (c.probe_groups > 0) results.push_back(probes_of(context, c, sum, site));
  co_return results;
}

Task<Words> truncate(Context& context, Words value, int bits) {
  Contraction c;
  c.shape = {static_cast<std::int64_t>(value.size())};
  c.addends.push_back({.share = share_of(Kind::kArithmetic, c.shape, std::move(value))});
  c.truncate_bits = bits;
  const Shares results = co_await contract(context, std::move(c));
  co_return results[0].parts[0];
}

Task<Words> multiply(Context& context, Words a, Words b) {
  Contraction c;
  c.product = Product::kElementwise;
  c.shape = {static_cast<std::int64_t>(a.size())};
  c.a = share_of(Kind::kArithmetic, c.shape, std::move(a));
  c.b = share_of(Kind::kArithmetic, c.shape, std::move(b));
  const Shares results = co_await contract(context, std::move(c));
  co_return results[0].parts[0];
}

}  // namespace sotto::protocols::duo
