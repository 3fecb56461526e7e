#include "protocols/duo/boundary.h"

#include <algorithm>

#include "base/bits.h"
#include "base/ring.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {

Share share_of(Kind kind, Shape shape, Words part) {
  Share share;
  share.kind = kind;
  share.shape = std::move(shape);
  share.parts[0] = std::move(part);
  return share;
}

Words part_of(const Context& context, const Share& share) {
  return context.counting() ? Words::shape_only(share.parts[0].size()) : share.parts[0].materialised();
}

Task<Share> input(Context& context, int owner, Words values, Shape shape) {
  context.begin();
  const auto count = static_cast<std::size_t>(element_count(shape));
  const bool mine = context.self() == owner;
  SOTTO_ASSERT(!mine || context.counting() || values.size() == count,
               "an input has the declared number of elements");
  Share share = share_of(Kind::kArithmetic, std::move(shape), mine ? std::move(values) : Words::zeros(count));
  if (context.counting()) share.parts[0] = Words::shape_only(count);
  share.known_to = owner;
  co_return share;
}

Task<Share> input_bits(Context& context, int owner, Words bits, Shape shape) {
  const std::size_t words = bits::words_for(static_cast<std::size_t>(element_count(shape)));
  const bool mine = context.self() == owner;
  SOTTO_ASSERT(!mine || bits.size() == words, "bits come packed, as many as declared");
  Words part = mine ? std::move(bits) : Words::zeros(words);
  if (context.counting()) part = Words::shape_only(words);
  co_return share_of(Kind::kBoolean, std::move(shape), std::move(part));
}

Task<Words> reveal(Context& context, Share share, unsigned to_mask) {
  context.begin();
  const bool boolean = share.kind == Kind::kBoolean;
  const std::size_t words = boolean ? bits::words_for(share.elements()) : share.elements();
  const std::size_t bytes = boolean ? bits::bytes_for(share.elements()) : words * sizeof(std::uint64_t);
  const int self = context.self(), other = 1 - self;
  if ((to_mask >> other & 1) != 0) {
    const Words part = part_of(context, share);
    context.rounds().send(other, part.span().data(), bytes);
  }
  const bool mine = (to_mask >> self & 1) != 0;
  Words opened = mine ? context.words(words) : Words();
  if (mine) {
    context.local([&] { std::ranges::fill(opened.mutable_span(), 0); });
    context.rounds().receive(other, opened.mutable_span().data(), bytes);
  }
  co_await context.next_round();
  if (mine)
    context.local([&] {
      const Words part = share.parts[0].materialised();
      const auto out = opened.mutable_span();
      boolean ? ring::exclusive_or(out, out, part.span()) : ring::add(out, out, part.span());
    });
  co_return opened;
}

Share constant(const Context& context, Words values, Kind kind, Shape shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  const std::size_t words = kind == Kind::kBoolean ? bits::words_for(count) : count;
  const bool holds = context.self() == 0 || kind == Kind::kPublic;
  return share_of(kind, std::move(shape), holds ? std::move(values) : Words::zeros(words));
}

Share complement(const Context& context, const Share& bits) {
  SOTTO_ASSERT(bits.kind == Kind::kBoolean, "only a Boolean has a complement");
  if (context.self() != 0) return share_of(Kind::kBoolean, bits.shape, bits.parts[0]);
  Words part = context.words(bits.parts[0].size());
  context.local([&] {
    const Words source = bits.parts[0].materialised();
    const auto out = part.mutable_span();
    std::ranges::transform(source.span(), out.begin(), [](auto word) { return ~word; });
    clear_tail(out, bits.elements());
  });
  return share_of(Kind::kBoolean, bits.shape, std::move(part));
}

}  // namespace sotto::protocols::duo
