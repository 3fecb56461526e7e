#include <algorithm>

#include "base/bits.h"
#include "protocols/local_contraction.h"
#include "protocols/plain/plain.h"
#include "protocols/plain/rows.h"
#include "protocols/probes.h"

namespace sotto::protocols::plain {
namespace {

// out = out where the bit is one, 0 elsewhere.
void keep_where(std::span<ring::Element> out, const Share& selector) {
  SOTTO_ASSERT(selector.kind == Kind::kBoolean && selector.elements() == out.size(),
               "a selector has one bit each");
  const Words bits = selector.parts[0].materialised();
  Words mask = Words::allocate(out.size());
  bits::expand_mask(mask.mutable_span(), bits.span());
  ring::bit_and(out, out, mask.span());
}

}  // namespace

Share empty_share(Kind kind, Shape shape) {
  Share share;
  share.kind = kind;
  share.shape = std::move(shape);
  return share;
}

Share sign_of(const Context& context, const Words& values, const Shape& shape, int window) {
  Share result = empty_share(Kind::kBoolean, shape);
  const std::size_t count = values.size();
  result.parts[0] = context.words(bits::words_for(count));
  context.local([&] {
    const Words source = values.materialised();
    auto out = result.parts[0].mutable_span();
    std::fill(out.begin(), out.end(), 0);
    for (std::size_t i = 0; i < count; ++i)
      out[i / 64] |= std::uint64_t{is_non_negative(source.span()[i], window)} << (i % 64);
  });
  return result;
}

namespace {

Share probes_of(const Context& context, const Contraction& c, const Words& values, const Site& site) {
  Share probes = empty_share(Kind::kArithmetic, {static_cast<std::int64_t>(c.probe_groups), kProbes});
  probes.parts[0] = context.words(probes.elements());
  context.local([&] {
    auto sums = probes.parts[0].mutable_span();
    std::fill(sums.begin(), sums.end(), 0);
    Projection(values.size(), c.probe_groups).add(sums, values.span(), 0, site);
  });
  return probes;
}

}  // namespace

Task<Shares> contract(Context& context, Contraction c) {
  const Site site = context.begin();
  Share result = empty_share(Kind::kArithmetic, c.shape), probes;
  result.parts[0] = context.words(result.elements());
  context.local([&] {
    auto out = result.parts[0].mutable_span();
    multiply_locally(out, c);
    add_locally(out, c);
  });
  if (c.probe_groups > 0) probes = probes_of(context, c, result.parts[0], site);
  context.local([&] {
    auto out = result.parts[0].mutable_span();
    std::transform(out.begin(), out.end(), out.begin(),
                   [&](auto value) { return truncated(value, c.truncate_bits); });
  });
  Shares results{result};
  if (c.then == Then::kRelu) {
    c.selector = sign_of(context, result.parts[0], c.shape, c.window);
    results.push_back(c.selector);
  }
  if (c.then != Then::kNothing)
    context.local([&] { keep_where(result.parts[0].mutable_span(), c.selector); });
  if (c.probe_groups > 0) results.push_back(probes);
  co_return results;
}

}  // namespace sotto::protocols::plain
