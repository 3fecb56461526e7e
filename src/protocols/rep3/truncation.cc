#include "protocols/rep3/truncation.h"

#include <algorithm>

#include "base/bits.h"
#include "base/ring.h"
#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

SOTTO_VECTORIZED void split_pair_half(Word* high, Word* no_wrap, const Word* a, int bits, std::size_t count) {
  const Word low = (Word{1} << bits) - 1, offset = Word{1} << 62, restore = Word{1} << (62 - bits);
  for (std::size_t i = 0; i < count; ++i) {
    const Word value = a[i] + offset;
    const Word top = value >> 63;
    high[i] = (value >> bits) + static_cast<Word>((value & low) != 0) - restore - (top << (64 - bits));
    no_wrap[i] = (top - 1) & low;
  }
}

SOTTO_VECTORIZED void mask_wrap(Word* summand, const Word* no_wrap, const Word* share, const Word* mask,
                                Word low, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) summand[i] = ((no_wrap[i] & share[i]) + mask[i]) & low;
}

SOTTO_VECTORIZED void finish_pair(Word* out, const Word* high, const Word* mine, const Word* theirs,
                                  int shift, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = high[i] - ((mine[i] + theirs[i]) << shift);
}

SOTTO_VECTORIZED void add_shifted(Word* out, const Word* share, const Word* mask, int shift,
                                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = share[i] + (mask[i] << shift);
}

}  // namespace

TruncatedHalves truncate_pair_half(const Context& context, const Words& a, int bits) {
  if (bits == 0) return {a, {}};
  TruncatedHalves halves{context.words(a.size()), context.words(a.size())};
  context.local([&] {
    split_pair_half(halves.high.mutable_span().data(), halves.no_wrap.mutable_span().data(), a.span().data(),
                    bits, a.size());
  });
  return halves;
}

SingleHalf truncate_single_half(const Context& context, const Words& b, int bits) {
  SingleHalf half{context.words(b.size()), bits > 0 ? context.words(b.size()) : Words()};
  context.local([&] {
    ring::shift_right(half.high.mutable_span(), b.span(), bits);
    if (bits > 0) ring::shift_right(half.top_bit.mutable_span(), b.span(), 63);
  });
  return half;
}

void Truncation::deal(const Words& b) {
  SingleHalf half;
  if (dealing_.roles().is_single()) half = truncate_single_half(dealing_.context(), b, bits_);
  high_share_ = dealing_.elements_and_keep(count_, kDealtHigh, std::move(half.high), first_share_);
  if (bits_ > 0) wrap_ = dealing_.narrow(count_, bits_, kDealtWrap, std::move(half.top_bit));
}

void Truncation::fill_at_single(const Chunk& chunk, const Output& output) {
  if (filled_) return;
  filled_ = true;
  const Roles& roles = dealing_.roles();
  if (bits_ == 0) {
    dealing_.context().local([&] {
      std::ranges::copy(first_share_.span(), output.at(roles.first_part(), chunk).begin());
      std::ranges::copy(high_share_.span(), output.at(roles.second_part(), chunk).begin());
    });
    return;
  }
  const Words first_mask = dealing_.first_random(count_, kWrapMaskFirst);
  const Words second_mask = dealing_.second_random(count_, kWrapMaskSecond);
  dealing_.context().local([&] {
    add_shifted(output.at(roles.first_part(), chunk).data(), first_share_.span().data(),
                first_mask.span().data(), 64 - bits_, count_);
    add_shifted(output.at(roles.second_part(), chunk).data(), high_share_.span().data(),
                second_mask.span().data(), 64 - bits_, count_);
  });
}

Task<void> Truncation::finish_at_pair(Words a, const Chunk& chunk, const Output& output) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  const int own_part = roles.is_first() ? roles.first_part() : roles.second_part();
  if (bits_ == 0) {
    context.local([&] {
      std::ranges::copy(a.span(), output.at(roles.pair_part(), chunk).begin());
      std::ranges::copy(high_share_.span(), output.at(own_part, chunk).begin());
    });
    co_return;
  }
  dealing_.unpack_narrow(wrap_);
  const TruncatedHalves halves = truncate_pair_half(context, a, bits_);
  const Words mask = roles.is_first() ? dealing_.first_random(count_, kWrapMaskFirst)
                                      : dealing_.second_random(count_, kWrapMaskSecond);
  const std::size_t bytes = bits::bytes_for(count_ * static_cast<std::size_t>(bits_));
  Words mine = context.words(count_), wire = context.words((bytes + 7) / 8);
  context.local([&] {
    const Word low = (Word{1} << bits_) - 1;
    mask_wrap(mine.mutable_span().data(), halves.no_wrap.span().data(), wrap_.share.span().data(),
              mask.span().data(), low, count_);
    bits::pack(std::as_writable_bytes(wire.mutable_span()).first(bytes), mine.span(), bits_);
  });
  const Words theirs_wire = exchange(context, roles, wire, bytes);
  context.local([&] {
    add_shifted(output.at(own_part, chunk).data(), high_share_.span().data(), mask.span().data(), 64 - bits_,
                count_);
  });
  co_await context.next_round();
  context.local([&] {
    Words theirs = Words::allocate(count_);
    bits::unpack(theirs.mutable_span(), std::as_bytes(theirs_wire.span()).first(bytes), bits_);
    finish_pair(output.at(roles.pair_part(), chunk).data(), halves.high.span().data(), mine.span().data(),
                theirs.span().data(), 64 - bits_, count_);
  });
}

Task<void> Truncation::finish(Words a, const Chunk& chunk, const Output& output) {
  if (dealing_.roles().in_pair()) {
    co_await finish_at_pair(std::move(a), chunk, output);
    co_return;
  }
  fill_at_single(chunk, output);
  if (bits_ > 0) co_await dealing_.context().next_round();
}

}  // namespace sotto::protocols::rep3
