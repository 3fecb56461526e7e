#include "protocols/duo/bit_products.h"

#include "base/ring.h"

namespace sotto::protocols::duo {

Task<Words> BitProducts::run(Words mine) {
  return supply_.context().self() == sender_ ? send(std::move(mine)) : choose(std::move(mine));
}

Task<Words> BitProducts::send(Words differences) {
  Context& context = supply_.context();
  Message flips(context, ot::flips_bytes(count_));
  flips.receive(context);
  co_await context.next_round();
  Words share = context.words(count_);
  Message message(context, ot::correlated_bytes(count_, width_));
  context.local([&] {
    ot::send_correlated(message.bytes(), share.mutable_span(), differences.span(), width_, flips.bytes(),
                        supply_.sent(claim_));
    ring::negate(share.mutable_span(), share.span());
  });
  message.send(context);
  co_await context.next_round();
  co_return share;
}

Task<Words> BitProducts::choose(Words plane) {
  Context& context = supply_.context();
  Message flips(context, ot::flips_bytes(count_));
  context.local([&] { ot::ask(flips.bytes(), plane.span(), supply_.received(claim_)); });
  flips.send(context);
  co_await context.next_round();
  Message message(context, ot::correlated_bytes(count_, width_));
  message.receive(context);
  co_await context.next_round();
  Words share = context.words(count_);
  context.local([&] {
    ot::receive_correlated(share.mutable_span(), width_, message.bytes(), plane.span(),
                           supply_.received(claim_));
  });
  co_return share;
}

}  // namespace sotto::protocols::duo
