#include "protocols/duo/boolean.h"

#include <bit>
#include <deque>

#include "base/bits.h"
#include "protocols/duo/bit_products.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/conjunction.h"
#include "protocols/duo/planes.h"
#include "protocols/duo/signs.h"
#include "protocols/duo/slices.h"

namespace sotto::protocols::duo {
namespace {

// Bit j of every group of `extent` bits as plane j.
Words planes_of_groups(const Context& context, const Words& bits, std::size_t groups, std::size_t extent) {
  const std::size_t words = bits::words_for(groups);
  Words planes = context.words(extent * words);
  context.local([&] {
    const auto out = planes.mutable_span();
    const auto in = bits.span();
    std::ranges::fill(out, 0);
    for (std::size_t i = 0; i < groups; ++i)
      for (std::size_t j = 0; j < extent; ++j) {
        const std::size_t at = i * extent + j;
        out[j * words + i / 64] |= (in[at / 64] >> at % 64 & 1) << i % 64;
      }
  });
  return planes;
}

// AND of `count` planes of `words` words each.
Task<Words> all_of_planes(Context& context, Words planes, std::size_t count, std::size_t words) {
  Supply supply(context);
  std::deque<Conjunction> levels;
  for (std::size_t n = count; n > 1; n = (n + 1) / 2) levels.emplace_back(supply, n / 2 * words, 0);
  co_await supply.make();
  if (supply.half_ready()) co_await context.next_round();
  for (Conjunction& level : levels) {
    const std::size_t half = count / 2 * words;
    Words made = co_await level.run(planes.slice(0, half), planes.slice(half, half), context.words(0));
    const std::size_t left = (count % 2) * words;
    Words next = context.words(half + left);
    context.local([&] {
      store(next, 0, made);
      store(next, half, planes.slice(2 * half, left));
    });
    planes = std::move(next);
    count = (count + 1) / 2;
  }
  co_return planes;
}

Task<void> convert_slice(Context& context, Words plane, ring::Element scale, Words out) {
  context.local([&] { bits::expand(out.mutable_span(), plane.span()); });
  const int width = 63 - std::countr_zero(scale);
  if (width < 1) {  // 2 b_0 b_1 scale is zero
    context.local([&] { ring::scale(out.mutable_span(), out.span(), scale); });
    co_return;
  }
  Supply supply(context);
  BitProducts product(supply, 0, out.size(), width);
  co_await supply.make();
  const Words share = co_await product.run(context.self() == 0 ? out : plane);
  context.local([&] {
    ring::scale(out.mutable_span(), out.span(), scale);
    ring::accumulate_scaled(out.mutable_span(), share.span(), 0 - 2 * scale);
  });
}

}  // namespace

Task<Share> sign(Context& context, Share value, int window, Effort effort) {
  const std::size_t count = value.elements();
  const Words part = part_of(context, value);
  Words plane = context.words(bits::words_for(count));
  for (const Slice& slice : slices_of(count, Signs::slice_of(effort))) {
    const Site site = context.begin();
    Supply supply(context);
    Signs comparison(supply, site, slice.count, window, effort);
    co_await supply.make();
    const Words share = co_await comparison.run(slice.of(part));
    context.local([&] { store(plane, slice.begin / 64, share); });
  }
  co_return share_of(Kind::kBoolean, value.shape, std::move(plane));
}

Task<Share> all_of_last_axis(Context& context, Share bits) {
  SOTTO_ASSERT(!bits.shape.empty() && bits.shape.back() >= 1 && bits.shape.back() <= 9,
               "all_of takes 1 to 9 bits");
  const auto extent = static_cast<std::size_t>(bits.shape.back());
  const Shape shape(bits.shape.begin(), bits.shape.end() - 1);
  if (extent == 1) co_return bits.reshaped(shape);
  const auto groups = static_cast<std::size_t>(element_count(shape));
  const std::size_t words = bits::words_for(groups);
  const Words planes = planes_of_groups(context, part_of(context, bits), groups, extent);
  Words result = context.words(words);
  for (const Slice& slice : slices_of(groups)) {
    context.begin();
    const std::size_t size = bits::words_for(slice.count);
    Words mine = context.words(extent * size);
    context.local([&] {
      for (std::size_t j = 0; j < extent; ++j)
        store(mine, j * size, planes.slice(j * words + slice.begin / 64, size));
    });
    const Words made = co_await all_of_planes(context, std::move(mine), extent, size);
    context.local([&] {
      store(result, slice.begin / 64, made);
      clear_tail(result.mutable_span(), groups);
    });
  }
  co_return share_of(Kind::kBoolean, shape, std::move(result));
}

Task<Share> from_bits(Context& context, Share bits, ring::Element scale) {
  const std::size_t count = bits.elements();
  if (scale == 0) co_return share_of(Kind::kArithmetic, bits.shape, Words::zeros(count));
  const Words plane = part_of(context, bits);
  Words out = context.words(count);
  for (const Slice& slice : slices_of(count, kLongSlice)) {
    context.begin();
    co_await convert_slice(context, slice.of_plane(plane), scale, slice.of(out));
  }
  co_return share_of(Kind::kArithmetic, bits.shape, std::move(out));
}

}  // namespace sotto::protocols::duo
