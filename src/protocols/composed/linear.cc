#include "protocols/composed/linear.h"

#include <algorithm>

namespace sotto::protocols::composed {
namespace {

// A share whose parts are made of others' parts, word by word: fill(out, part number) writes the words.
template <class Fill>
Share assembled(const Context& context, std::size_t count, const std::array<bool, 2>& used,
                const Fill& fill) {
  Share result;
  result.shape = {static_cast<std::int64_t>(count)};
  for (std::size_t part = 0; part < 2; ++part) {
    if (!used[part]) continue;
    result.parts[part] = context.words(count);
    context.local([&] { fill(result.parts[part].mutable_span(), part); });
  }
  return result;
}

std::array<bool, 2> parts_of(const Share& share) {
  return {share.parts[0].size() > 0, share.parts[1].size() > 0};
}

Contraction sum(std::vector<Addend> addends) {
  Contraction c;
  c.shape = addends.front().share.shape;
  c.addends = std::move(addends);
  return c;
}

}  // namespace

Task<Share> sum_of(Context& context, std::vector<Addend> addends) {
  Shares results = co_await contract(context, sum(std::move(addends)));
  co_return std::move(results[0]);
}

Share filled(const Context& context, const Shape& shape, ring::Element value) {
  Words words = context.words(static_cast<std::size_t>(element_count(shape)));
  context.local([&] { std::ranges::fill(words.mutable_span(), value); });
  return constant(context, std::move(words), Kind::kArithmetic, shape);
}

Share strided(const Context& context, const Share& share, std::size_t first, std::size_t step) {
  const std::size_t count = (share.elements() + step - 1 - first) / step;
  return assembled(context, count, parts_of(share), [&](std::span<ring::Element> out, std::size_t part) {
    const Words words = share.parts[part].materialised();
    for (std::size_t i = 0; i < count; ++i) out[i] = words.span()[first + i * step];
  });
}

Share joined(const Context& context, const std::vector<Share>& shares) {
  std::size_t count = 0;
  for (const Share& share : shares) count += share.elements();
  return assembled(context, count, parts_of(shares.front()),
                   [&](std::span<ring::Element> out, std::size_t part) {
                     for (const Share& share : shares) {
                       const Words words = share.parts[part].materialised();
                       std::ranges::copy(words.span(), out.begin());
                       out = out.subspan(words.size());
                     }
                   });
}

Share sliced(const Share& share, std::size_t first, std::size_t count) {
  Share result = share;
  result.shape = {static_cast<std::int64_t>(count)};
  for (Words& words : result.parts)
    if (words.size() > 0) words = words.slice(first, count);
  return result;
}

Task<Share> selected(Context& context, Share bits, std::vector<Addend> value) {
  Contraction c = sum(std::move(value));
  c.then = Then::kSelect;
  c.selector = std::move(bits);
  Shares results = co_await contract(context, std::move(c));
  co_return std::move(results[0]);
}

}  // namespace sotto::protocols::composed
