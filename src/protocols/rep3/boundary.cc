#include "protocols/rep3/boundary.h"

#include "base/bits.h"
#include "base/ring.h"
#include "protocols/rep3/roles.h"

namespace sotto::protocols::rep3 {

namespace {
constexpr std::size_t kInputSlice = 1 << 16;  // words masked and sent at a time
}  // namespace

Task<Share> input(Context& context, int owner, Words values, Shape shape) {
  const Site site = context.begin();
  const auto count = static_cast<std::size_t>(element_count(shape));
  const int receiver = (owner + 1) % 3, key_holder = (owner + 2) % 3;
  const prg::Address address = site.at(0, kInput);
  Share share{Kind::kArithmetic, std::move(shape), {Words::zeros(count), Words::zeros(count)}, nullptr};
  if (context.self() == owner) {
    SOTTO_ASSERT(context.counting() || values.size() == count,
                 "an input has the declared number of elements");
    const Words mask = context.words(count), masked = context.words(count);
    context.local([&] {
      context.key_with(key_holder).fill(mask.mutable_span(), address);
      ring::subtract(masked.mutable_span(), values.span(), mask.span());
    });
    for (std::size_t at = 0; at < count; at += kInputSlice) {
      const std::size_t length = std::min(kInputSlice, count - at);
      const Words slice = masked.slice(at, length);
      context.rounds().send(receiver, slice.span().data(), length * sizeof(std::uint64_t));
    }
    share.parts = {mask, masked};
  } else if (context.self() == receiver) {
    share.parts[0] = context.words(count);  // c(o+2)
    for (std::size_t at = 0; at < count; at += kInputSlice) {
      const std::size_t length = std::min(kInputSlice, count - at);
      const Words slice = share.parts[0].slice(at, length);
      context.rounds().receive(owner, slice.mutable_span().data(), length * sizeof(std::uint64_t));
    }
  } else {
    share.parts[1] = context.words(count);  // c(o+1)
    context.local([&] { context.key_with(owner).fill(share.parts[1].mutable_span(), address); });
  }
  co_await context.next_round();
  co_return share;
}

Task<Share> input_bits(Context& context, int owner, Words bits, Shape shape) {
  const Site site = context.begin();
  const std::size_t words = bits::words_for(static_cast<std::size_t>(element_count(shape)));
  const std::size_t bytes = words * sizeof(std::uint64_t);
  const int receiver = (owner + 1) % 3, key_holder = (owner + 2) % 3;
  const prg::Address address = site.at(0, kInput);
  Share share{Kind::kBoolean, std::move(shape), {Words::zeros(words), Words::zeros(words)}, nullptr};
  if (context.self() == owner) {
    SOTTO_ASSERT(bits.size() == words, "bits come packed, as many as declared");
    const Words mask = context.words(words), masked = context.words(words);
    context.local([&] {
      context.key_with(key_holder).fill(mask.mutable_span(), address);
      ring::exclusive_or(masked.mutable_span(), bits.materialised().span(), mask.span());
    });
    context.rounds().send(receiver, masked.span().data(), bytes);
    share.parts = {mask, masked};
  } else if (context.self() == receiver) {
    share.parts[0] = context.words(words);
    context.rounds().receive(owner, share.parts[0].mutable_span().data(), bytes);
  } else {
    share.parts[1] = context.words(words);
    context.local([&] { context.key_with(owner).fill(share.parts[1].mutable_span(), address); });
  }
  co_await context.next_round();
  co_return share;
}

Task<Words> reveal(Context& context, Share share, unsigned to_mask) {
  context.begin();
  const bool boolean = share.kind == Kind::kBoolean;
  const std::size_t words = boolean ? bits::words_for(share.elements()) : share.elements();
  const std::size_t bytes = boolean ? bits::bytes_for(share.elements()) : words * sizeof(std::uint64_t);
  const int self = context.self(), before = (self + 2) % 3;
  if (to_mask >> before & 1) {
    const Words part = context.counting() ? share.parts[1] : share.parts[1].materialised();
    context.rounds().send(before, part.span().data(), bytes);
  }
  const bool mine = (to_mask >> self & 1) != 0;
  Words opened = mine ? context.words(words) : Words();
  if (mine) {
    context.local([&] { opened.mutable_span()[words > 0 ? words - 1 : 0] = 0; });
    context.rounds().receive((self + 1) % 3, opened.mutable_span().data(), bytes);
  }
  co_await context.next_round();
  if (mine)
    context.local([&] {
      for (const Words& part : share.parts) {
        if (part.is_zero()) continue;
        const auto out = opened.mutable_span();
        boolean ? ring::exclusive_or(out, out, part.span()) : ring::add(out, out, part.span());
      }
    });
  co_return opened;
}

Share constant(const Context& context, Words values, Kind kind, Shape shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  const std::size_t words = kind == Kind::kBoolean ? bits::words_for(count) : count;
  Share share{kind, std::move(shape), {Words::zeros(words), Words::zeros(words)}, nullptr};
  // Component 0 holds the value: the second part of party 1, the first of party 2.
  if (context.self() != 0) share.parts[context.self() == 1 ? 1 : 0] = std::move(values);
  return share;
}

}  // namespace sotto::protocols::rep3
