#include "protocols/rep3/dealing.h"

#include "base/bits.h"
#include "base/ring.h"

namespace sotto::protocols::rep3 {

Words Dealing::deal(std::size_t count, Purpose purpose, Words value, bool boolean) {
  const std::size_t bytes = count * sizeof(std::uint64_t);
  if (roles_.is_single()) {
    context_.local([&] {
      const auto words = value.mutable_span();
      boolean ? first_key().exclusive_or(words, at(purpose)) : first_key().subtract(words, at(purpose));
    });
    context_.rounds().send(roles_.second(), value.span().data(), bytes);
    return value;
  }
  Words share = context_.words(count);
  if (roles_.is_first())
    context_.local([&] { first_key().fill(share.mutable_span(), at(purpose)); });
  else
    context_.rounds().receive(roles_.single, share.mutable_span().data(), bytes);
  return share;
}

Words Dealing::elements(std::size_t count, Purpose purpose, Words value) {
  return deal(count, purpose, std::move(value), false);
}

Words Dealing::elements_and_keep(std::size_t count, Purpose purpose, Words value, Words& first_share) {
  if (!roles_.is_single()) return elements(count, purpose, {});
  first_share = first_random(count, purpose);
  context_.local([&] { ring::subtract(value.mutable_span(), value.span(), first_share.span()); });
  context_.rounds().send(roles_.second(), value.span().data(), count * sizeof(std::uint64_t));
  return value;
}

Words Dealing::planes(std::size_t count, Purpose purpose, Words value) {
  return deal(count, purpose, std::move(value), true);
}

Dealing::Narrow Dealing::narrow(std::size_t count, int width, Purpose purpose, Words value) {
  Narrow result{{}, {}, width};
  const std::size_t bytes = bits::bytes_for(count * static_cast<std::size_t>(width));
  if (!roles_.is_first()) result.wire = context_.words((bytes + 7) / 8);
  if (roles_.is_single()) {
    context_.local([&] {
      first_key().subtract(value.mutable_span(), at(purpose));
      bits::pack(std::as_writable_bytes(result.wire.mutable_span()).first(bytes), value.span(), width);
    });
    context_.rounds().send(roles_.second(), result.wire.span().data(), bytes);
    return result;
  }
  result.share = context_.words(count);
  if (roles_.is_first())
    context_.local([&] {
      first_key().fill(result.share.mutable_span(), at(purpose));
      ring::mask_low(result.share.mutable_span(), result.share.span(), width);
    });
  else
    context_.rounds().receive(roles_.single, result.wire.mutable_span().data(), bytes);
  return result;
}

Dealing::Narrow Dealing::narrow_and_keep(std::size_t count, int width, Purpose purpose, Words value,
                                         Words& first_share) {
  if (!roles_.is_single()) return narrow(count, width, purpose, {});
  const std::size_t bytes = bits::bytes_for(count * static_cast<std::size_t>(width));
  Narrow result{value, context_.words((bytes + 7) / 8), width};
  first_share = first_random(count, purpose);
  context_.local([&] {
    ring::mask_low(first_share.mutable_span(), first_share.span(), width);
    ring::subtract(value.mutable_span(), value.span(), first_share.span());
    ring::mask_low(value.mutable_span(), value.span(), width);
    bits::pack(std::as_writable_bytes(result.wire.mutable_span()).first(bytes), value.span(), width);
  });
  context_.rounds().send(roles_.second(), result.wire.span().data(), bytes);
  return result;
}

void Dealing::unpack_narrow(Narrow& narrow) const {
  if (!roles_.is_second()) return;
  context_.local([&] {
    const auto out = narrow.share.mutable_span();
    const std::size_t bytes = bits::bytes_for(out.size() * static_cast<std::size_t>(narrow.width));
    bits::unpack(out, std::as_bytes(narrow.wire.span()).first(bytes), narrow.width);
  });
}

Words Dealing::first_random(std::size_t count, Purpose purpose) const {
  if (roles_.is_second()) return {};
  Words words = context_.words(count);
  context_.local([&] { first_key().fill(words.mutable_span(), at(purpose)); });
  return words;
}

Words Dealing::second_random(std::size_t count, Purpose purpose) const {
  if (roles_.is_first()) return {};
  Words words = context_.words(count);
  context_.local([&] { second_key().fill(words.mutable_span(), at(purpose)); });
  return words;
}

Words exchange(Context& context, const Roles& roles, const Words& mine, std::size_t bytes) {
  if (roles.is_single()) return {};
  Words theirs = context.words((bytes + 7) / 8);
  context.rounds().send(roles.partner(), mine.span().data(), bytes);
  context.rounds().receive(roles.partner(), theirs.mutable_span().data(), bytes);
  return theirs;
}

}  // namespace sotto::protocols::rep3
