#include "protocols/duo/supply.h"

namespace sotto::protocols::duo {
namespace {

// SoftSpoken counts in blocks of as many transfers.
constexpr std::uint64_t kTransfersOfPlace = 128;

}  // namespace

Supply::Claim Supply::claim(int sender, std::size_t count) {
  SOTTO_ASSERT(!started_, "transfers are claimed before they are made");
  Direction& direction = sender == context_.self() ? sent_ : received_;
  const Claim claim{direction.count, count};
  direction.count += count;
  return claim;
}

void Supply::start() {
  SOTTO_ASSERT(!started_, "transfers are made once");
  started_ = true;
  if (received_.count > 0) {
    Message message(context_, ot::softspoken_bytes(received_.count, kTreeLevels));
    context_.local([&] {
      ot::SoftSpokenReceiver& transfers = session().receiving.transfers;
      received_.place = transfers.reserve(received_.count);
      received_.blocks.resize(received_.count);
      transfers.extend_at(received_.place, received_.blocks, message.bytes());
    });
    message.send(context_);
  }
  if (sent_.count > 0) {
    correction_.emplace(context_, ot::softspoken_bytes(sent_.count, kTreeLevels));
    context_.local([&] { sent_.place = session().sending.transfers.reserve(sent_.count); });
    correction_->receive(context_);
  }
}

ot::SentBlocks Supply::sent(const Claim& claim, std::size_t first, std::size_t count) {
  SendingEnd& end = session().sending;
  if (correction_) {
    sent_.blocks.resize(sent_.count);
    end.transfers.extend_at(sent_.place, sent_.blocks, correction_->bytes());
    correction_.reset();
  }
  SOTTO_ASSERT(first + count <= claim.count && claim.begin + claim.count <= sent_.blocks.size(),
               "a claim's own transfers");
  const std::size_t at = claim.begin + first;
  return {std::span(sent_.blocks).subspan(at, count), end.transfers.delta(), end.keys,
          sent_.place * kTransfersOfPlace + at, session().peer};
}

ot::ReceivedBlocks Supply::received(const Claim& claim, std::size_t first, std::size_t count) const {
  SOTTO_ASSERT(first + count <= claim.count && claim.begin + claim.count <= received_.blocks.size(),
               "a claim's own transfers");
  const std::size_t at = claim.begin + first;
  return {std::span(received_.blocks).subspan(at, count), session().receiving.keys,
          received_.place * kTransfersOfPlace + at, session().peer};
}

}  // namespace sotto::protocols::duo
