#include "protocols/rep3/to_bits.h"

#include <algorithm>

#include "base/bits.h"
#include "protocols/bit_addition.h"
#include "protocols/rep3/boundary.h"
#include "protocols/rep3/planes.h"
#include "protocols/rep3/roles.h"
#include "protocols/sharing.h"

namespace sotto::protocols::rep3 {
namespace {

// z of this party, hidden; y may be longer than x, and then goes on with the last words of x.
void multiply_components(const Context& context, const Site& site, const Share& x, const Share& y,
                         const Share& z, std::span<Word> out) {
  const Words x0 = x.parts[0].materialised(), x1 = x.parts[1].materialised();
  std::vector<Word> mask(out.size());
  const prg::Address address = site.at(0, kConjunction);
  context.key_with((context.self() + 1) % 3).fill(out, address);
  context.key_with((context.self() + 2) % 3).fill(mask, address);
  ring::exclusive_or(out, out, mask);
  const auto multiply = [&](const Share& with, std::size_t first, std::size_t at) {
    const Words y0 = with.parts[0].materialised(), y1 = with.parts[1].materialised();
    const std::size_t words = y0.size();
    accumulate_and(&out[at], &x0.span()[first], y0.span().data(), words);
    accumulate_and(&out[at], &x0.span()[first], y1.span().data(), words);
    accumulate_and(&out[at], &x1.span()[first], y0.span().data(), words);
  };
  multiply(y, 0, 0);
  if (const std::size_t second = z.parts[0].size(); second > 0) multiply(z, x0.size() - second, x0.size());
}

Task<Share> multiply_planes(Context& context, Share x, Share y, Share z) {
  const Site site = context.begin();
  const std::size_t words = x.parts[0].size() + z.parts[0].size();
  Share product;
  product.kind = Kind::kBoolean;
  product.shape = {x.shape[0] + z.shape[0], x.shape[1]};
  product.parts = {context.words(words), context.words(words)};
  context.local([&] { multiply_components(context, site, x, y, z, product.parts[0].mutable_span()); });
  context.rounds().send((context.self() + 2) % 3, product.parts[0].span().data(), words * sizeof(Word));
  context.rounds().receive((context.self() + 1) % 3, product.parts[1].mutable_span().data(),
                           words * sizeof(Word));
  co_await context.next_round();
  co_return product;
}

// Bits of the component that the single lacks.
Share bits_of_pair(const Context& context, const Share& value, int bits, const Roles& roles) {
  const std::size_t words = static_cast<std::size_t>(bits) * plane_words(value.shape);
  Share share{
      Kind::kBoolean, planes_shape(value.shape, bits), {Words::zeros(words), Words::zeros(words)}, nullptr};
  if (roles.is_single()) return share;
  const auto part = static_cast<std::size_t>(roles.pair_part());
  share.parts[part] = context.words(words);
  context.local([&] {
    bits::to_planes(share.parts[part].mutable_span(), value.parts[part].materialised().span(), 0, bits);
  });
  return share;
}

// Bits of the sum of the single's components, at the single.
Words bits_of_single(const Context& context, const Share& value, int bits) {
  const Words planes = context.words(static_cast<std::size_t>(bits) * plane_words(value.shape));
  context.local([&] {
    std::vector<Word> sum(value.elements());
    ring::add(sum, value.parts[0].materialised().span(), value.parts[1].materialised().span());
    bits::to_planes(planes.mutable_span(), sum, 0, bits);
  });
  return planes;
}

}  // namespace

Task<Share> to_bits(Context& context, Share value, int bits, Effort effort) {
  SOTTO_ASSERT(bits >= 1 && bits <= 64, "a number has 1 to 64 bits");
  const Site site = context.begin();
  const Roles roles{context.self(), (site.base.operation + site.base.sub_operation) % 3};
  const Share a = bits_of_pair(context, value, bits, roles);
  Words mine = roles.is_single() ? bits_of_single(context, value, bits) : Words();
  const Share b =
      co_await input_bits(context, roles.single, std::move(mine), planes_shape(value.shape, bits));
  const MultiplyPlanes multiply = [&context](Share x, Share y, Share z) {
    return multiply_planes(context, std::move(x), std::move(y), std::move(z));
  };
  co_return co_await add_bits(context, a, b, effort, multiply);
}

}  // namespace sotto::protocols::rep3
