#include "protocols/rep3/selection.h"

#include "base/bits.h"
#include "base/ring.h"
#include "base/vectorized.h"
#include "protocols/rep3/resharing.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

// One of the pair's summand of y; `c` holds masks (all ones or zero).
SOTTO_VECTORIZED void select_summand(Word* out, Word* common, const Word* c, const Word* h, const Word* high,
                                     const Word* bit, const Word* high_bit, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Word correlated = bit[i] * h[i] + high_bit[i];
    common[i] = c[i] & h[i];
    out[i] = (c[i] & high[i]) + ((correlated ^ c[i]) - c[i]);  // negated where c is one
  }
}

SOTTO_VECTORIZED void subtract_wrap(Word* out, const Word* c, const Word* no_wrap, const Word* wrap,
                                    const Word* wrap_bit, int shift, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const Word value = (c[i] & wrap[i]) + ((wrap_bit[i] ^ c[i]) - c[i]);
    out[i] -= (no_wrap[i] & value) << shift;
  }
}

}  // namespace

void Selection::deal_at_single(const Words& b, const Words& r, bool use_cache) {
  Context& context = dealing_.context();
  SingleHalf half = truncate_single_half(context, b, bits_);
  Words bit = context.words(count_), high_bit = context.words(count_);
  Words wrap_bit = bits_ > 0 ? context.words(count_) : Words();
  context.local([&] {
    bits::expand(bit.mutable_span(), r.span());
    ring::multiply(high_bit.mutable_span(), half.high.span(), bit.span());
    if (bits_ > 0) ring::multiply(wrap_bit.mutable_span(), half.top_bit.span(), bit.span());
  });
  if (!has_components_) high_ = dealing_.elements(count_, kDealtHigh, std::move(half.high));
  high_bit_ = dealing_.elements(count_, kDealtHighBit, std::move(high_bit));
  if (!use_cache) bit_ = dealing_.elements(count_, kDealtBit, std::move(bit));
  if (bits_ == 0) return;
  wrap_ = dealing_.narrow(count_, bits_, kDealtWrap, std::move(half.top_bit));
  wrap_bit_ = dealing_.narrow(count_, bits_, kDealtWrapBit, std::move(wrap_bit));
}

void Selection::deal(const Words& b, const Words& r, bool use_cache, Words cached) {
  if (dealing_.roles().is_single()) return deal_at_single(b, r, use_cache);
  if (!has_components_) high_ = dealing_.elements(count_, kDealtHigh, {});
  high_bit_ = dealing_.elements(count_, kDealtHighBit, {});
  bit_ = use_cache ? std::move(cached) : dealing_.elements(count_, kDealtBit, {});
  if (bits_ == 0) return;
  wrap_ = dealing_.narrow(count_, bits_, kDealtWrap, {});
  wrap_bit_ = dealing_.narrow(count_, bits_, kDealtWrapBit, {});
}

Words Selection::summand(const TruncatedHalves& halves, const Words& c,
                         std::span<std::uint64_t> common) const {
  Words masks = Words::allocate(count_), out = Words::allocate(count_);
  bits::expand_mask(masks.mutable_span(), c.span());
  select_summand(out.mutable_span().data(), common.data(), masks.span().data(), halves.high.span().data(),
                 high_.span().data(), bit_.span().data(), high_bit_.span().data(), count_);
  if (bits_ > 0)
    subtract_wrap(out.mutable_span().data(), masks.span().data(), halves.no_wrap.span().data(),
                  wrap_.share.span().data(), wrap_bit_.share.span().data(), 64 - bits_, count_);
  return out;
}

Task<void> Selection::finish(TruncatedHalves halves, Words c, const Chunk& chunk, const Output& output) {
  Context& context = dealing_.context();
  Words mine, common;
  if (dealing_.roles().in_pair()) {
    if (bits_ > 0) {
      dealing_.unpack_narrow(wrap_);
      dealing_.unpack_narrow(wrap_bit_);
    }
    common = context.words(count_);
    context.local([&] { mine = summand(halves, c, common.mutable_span()); });
  }
  Resharing().draw(dealing_, chunk, output);
  co_await share_again(dealing_, chunk, std::move(mine), output, std::move(common));
}

}  // namespace sotto::protocols::rep3
