#include "protocols/duo/to_bits.h"

#include <deque>

#include "base/bits.h"
#include "protocols/bit_addition.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/conjunction.h"
#include "protocols/duo/slices.h"
#include "protocols/sharing.h"

namespace sotto::protocols::duo {
namespace {

// Elements at once: up to 249 transfers each way for an element, of 16 bytes, or 63.
std::size_t slice_of(Effort effort) {
  return effort == Effort::kFewBytes ? kSliceElements : kSliceElements / 4;
}

Share planes_of_part(const Context& context, const Words& part, int bits, int owner) {
  const Shape elements = {static_cast<std::int64_t>(part.size())};
  const std::size_t words = static_cast<std::size_t>(bits) * plane_words(elements);
  Words planes = context.words(words);
  context.local([&] {
    if (context.self() == owner) bits::to_planes(planes.mutable_span(), part.span(), 0, bits);
  });
  if (context.self() != owner && !context.counting()) planes = Words::zeros(words);
  return share_of(Kind::kBoolean, planes_shape(elements, bits), std::move(planes));
}

// Of one slice.
Task<Share> bits_of_part(Context& context, Words part, int bits, Effort effort) {
  context.begin();
  const std::size_t words = bits::words_for(part.size());
  Supply supply(context);
  std::deque<Conjunction> levels;
  for (const ProductsOfPlanes& level : products_of_addition(bits, effort))
    levels.emplace_back(supply, level.planes * words, level.second * words);
  co_await supply.make();
  if (supply.half_ready()) co_await context.next_round();
  const MultiplyPlanes multiply = [&levels](Share x, Share y, Share z) -> Task<Share> {
    const Shape shape = {x.shape[0] + z.shape[0], x.shape[1]};
    Words product = co_await levels.front().run(x.parts[0], y.parts[0], z.parts[0]);
    levels.pop_front();
    co_return share_of(Kind::kBoolean, shape, std::move(product));
  };
  co_return co_await add_bits(context, planes_of_part(context, part, bits, 0),
                              planes_of_part(context, part, bits, 1), effort, multiply);
}

}  // namespace

Task<Share> to_bits(Context& context, Share value, int bits, Effort effort) {
  SOTTO_ASSERT(bits >= 1 && bits <= 64, "a number has 1 to 64 bits");
  const Words part = part_of(context, value);
  const std::size_t count = part.size(), all_words = bits::words_for(count);
  Words planes = context.words(static_cast<std::size_t>(bits) * all_words);
  for (const Slice& slice : slices_of(count, slice_of(effort))) {
    const Share made = co_await bits_of_part(context, slice.of(part), bits, effort);
    const std::size_t words = bits::words_for(slice.count);
    context.local([&] {
      for (std::size_t bit = 0; bit < static_cast<std::size_t>(bits); ++bit)
        store(planes, bit * all_words + slice.begin / 64, made.parts[0].slice(bit * words, words));
    });
  }
  co_return share_of(Kind::kBoolean, planes_shape(value.shape, bits), std::move(planes));
}

}  // namespace sotto::protocols::duo
