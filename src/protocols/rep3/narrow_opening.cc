#include "protocols/rep3/narrow_opening.h"

#include "base/bits.h"
#include "base/ring.h"

namespace sotto::protocols::rep3 {

namespace {

void combine(NarrowOpening::Kind kind, ring::Out out, ring::In other) {
  kind == NarrowOpening::Kind::kSum ? ring::add(out, out, other) : ring::exclusive_or(out, out, other);
}

}  // namespace

void NarrowOpening::draw() {
  const Words first = dealing_.first_random(count_, first_), second = dealing_.second_random(count_, second_);
  mask_ = dealing_.roles().is_second() ? second : first;
  dealing_.context().local([&] {
    const auto mask = mask_.mutable_span();
    if (dealing_.roles().is_single()) combine(kind_, mask, second.span());
    ring::mask_low(mask, mask, width_);
  });
}

Task<Words> NarrowOpening::open(Words share) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  const std::size_t bytes = bits::bytes_for(count_ * static_cast<std::size_t>(width_));
  Words wire = context.words((bytes + 7) / 8);
  if (roles.in_pair())
    context.local([&] {
      combine(kind_, share.mutable_span(), mask_.span());
      bits::pack(std::as_writable_bytes(wire.mutable_span()).first(bytes), share.span(), width_);
    });
  const Words theirs = exchange(context, roles, wire, bytes);
  co_await context.next_round();
  if (!roles.in_pair()) co_return Words();
  context.local([&] {
    Words other = Words::allocate(count_);
    bits::unpack(other.mutable_span(), std::as_bytes(theirs.span()).first(bytes), width_);
    combine(kind_, share.mutable_span(), other.span());
    ring::mask_low(share.mutable_span(), share.span(), width_);
  });
  co_return share;
}

}  // namespace sotto::protocols::rep3
