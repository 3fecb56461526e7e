#include "protocols/duo/supply.h"

#include <algorithm>

#include "crypto/ot/silent_stream.h"
#include "protocols/duo/random_bits.h"

namespace sotto::protocols::duo {
namespace {

// SoftSpoken counts in blocks of as many transfers.
constexpr std::uint64_t kTransfersOfPlace = 128;
// Where the stream's numbers begin: SoftSpoken's do not come so far.
constexpr std::uint64_t kFirstOfStream = std::uint64_t{1} << 48;
// A stream's groups made at a time: 2 MB of blocks.
constexpr std::size_t kGroupsAtOnce = 1;

std::size_t stream_bytes(std::size_t count) { return ot::groups_for(count) * ot::kGroupBytes; }

}  // namespace

Supply::Cost Supply::cost_of(std::size_t count) {
  if (count >= kSilentFrom) return {.to_sender = 0, .to_receiver = stream_bytes(count), .rounds = 1};
  return {.to_sender = ot::softspoken_bytes(count, kTreeLevels), .to_receiver = 0, .rounds = 0};
}

Supply::~Supply() {
  if (context_.counting()) return;
  for (Direction* direction : {&sent_, &received_}) session().give_blocks(std::move(direction->memory));
}

Supply::Claim Supply::extend(std::size_t& claimed, std::size_t count) const {
  SOTTO_ASSERT(!started_, "transfers are claimed before they are made");
  const Claim claim{claimed, count};
  claimed += count;
  return claim;
}

Supply::Claim Supply::claim(int sender, std::size_t count) {
  return extend(direction_from(sender).count, count);
}

Supply::Claim Supply::claim_bits(int sender, std::size_t words) {
  return extend(direction_from(sender).bit_words, words);
}

ot::SentBlocks Supply::sent_blocks(std::span<const ot::Block> blocks, std::size_t place) const {
  const SendingEnd& end = session().sending;
  return {blocks, end.transfers.delta(), end.keys, sent_.number + place, session().peer};
}

ot::ReceivedBlocks Supply::received_blocks(std::span<const ot::Block> blocks, std::size_t place) const {
  return {blocks, session().receiving.keys, received_.number + place, session().peer};
}

// Of transfers [place, place + blocks.size()).
void Supply::take_bits_of_sent(std::span<const ot::Block> blocks, std::size_t place) {
  take_bits(sent_.first_bits.mutable_span().subspan(place / 64),
            sent_.second_bits.mutable_span().subspan(place / 64), sent_blocks(blocks, place));
}

void Supply::take_bits_of_received(std::span<const ot::Block> blocks, std::size_t place) {
  take_bits(received_.first_bits.mutable_span().subspan(place / 64),
            received_.second_bits.mutable_span().subspan(place / 64), received_blocks(blocks, place));
}

void Supply::allocate(Direction& direction, std::size_t blocks) const {
  direction.memory = session().take_blocks(blocks);
  direction.first_bits = Words::allocate(direction.bit_words);
  direction.second_bits = Words::allocate(direction.bit_words);
}

// SoftSpoken, where this party chooses.
void Supply::ask() {
  if (received_.all() == 0) return;
  half_ready_ = true;
  Message message(context_, ot::softspoken_bytes(received_.all(), kTreeLevels));
  context_.local([&] {
    ot::SoftSpokenReceiver& transfers = session().receiving.transfers;
    const std::uint64_t place = transfers.reserve(received_.all());
    received_.number = place * kTransfersOfPlace;
    allocate(received_, received_.all());
    const auto all = received_.memory.span().first(received_.all());
    transfers.extend_at(place, all, message.bytes());
    take_bits_of_received(all.first(received_.bits()), 0);
    received_.blocks = all.subspan(received_.bits());
  });
  message.send(context_);
}

// SoftSpoken, where it sends.
void Supply::await_correction() {
  if (sent_.all() == 0) return;
  half_ready_ = true;
  correction_.emplace(context_, ot::softspoken_bytes(sent_.all(), kTreeLevels));
  context_.local(
      [&] { sent_.number = session().sending.transfers.reserve(sent_.all()) * kTransfersOfPlace; });
  correction_->receive(context_);
}

void Supply::apply_correction() {
  if (!correction_) return;
  allocate(sent_, sent_.all());
  const auto all = sent_.memory.span().first(sent_.all());
  session().sending.transfers.extend_at(sent_.number / kTransfersOfPlace, all, correction_->bytes());
  take_bits_of_sent(all.first(sent_.bits()), 0);
  sent_.blocks = all.subspan(sent_.bits());
  correction_.reset();
}

// A direction's transfers from a stream: some groups at a time, of which bits are taken, or blocks kept.
template <class Stream, class Bytes, class TakeBits>
void Supply::extend(Direction& direction, Stream& stream, std::span<Bytes> message,
                    const TakeBits& take_bits) {
  direction.number = kFirstOfStream + stream.given();
  allocate(direction, direction.count);
  direction.blocks = direction.memory.span().first(direction.count);
  const std::size_t groups = ot::groups_for(direction.all()), bits = direction.bits();
  LargeArray<ot::Block> made = session().take_blocks(std::min(groups, kGroupsAtOnce) * ot::kGroupGiven);
  for (std::size_t first = 0; first < groups; first += kGroupsAtOnce) {
    const std::size_t here = std::min(groups - first, kGroupsAtOnce), begin = first * ot::kGroupGiven,
                      end = std::min(begin + here * ot::kGroupGiven, direction.all());
    const auto portion = made.span().first(here * ot::kGroupGiven);
    stream.extend(portion, message.subspan(first * ot::kGroupBytes, here * ot::kGroupBytes));
    const std::size_t middle = std::clamp(bits, begin, end);
    take_bits(portion.first(middle - begin), begin);
    if (end > middle)
      std::ranges::copy(portion.subspan(middle - begin, end - middle),
                        direction.blocks.begin() + static_cast<std::ptrdiff_t>(middle - bits));
  }
  session().give_blocks(std::move(made));
}

void Supply::send_silently() {
  Message message(context_, stream_bytes(sent_.all()));
  context_.local([&] {
    extend(
        sent_, session().sending.stream(), message.bytes(),
        [this](std::span<const ot::Block> blocks, std::size_t place) { take_bits_of_sent(blocks, place); });
  });
  message.send(context_);
}

void Supply::receive_silently(Message& message) {
  context_.local([&] {
    extend(received_, session().receiving.stream(), std::span<const std::byte>(message.bytes()),
           [this](std::span<const ot::Block> blocks, std::size_t place) {
             take_bits_of_received(blocks, place);
           });
  });
}

Task<void> Supply::make() {
  SOTTO_ASSERT(!started_, "transfers are made once");
  started_ = true;
  const bool sends = sent_.all() >= kSilentFrom, receives = received_.all() >= kSilentFrom;
  if (sends || receives) context_.need(kNeedsStream);
  // What one party sends, the other expects in the same order.
  if (!receives) ask();
  if (!sends) await_correction();
  if (sends) send_silently();
  if (!sends && !receives) co_return;
  Message message(context_, receives ? stream_bytes(received_.all()) : 0);
  message.receive(context_);
  co_await context_.next_round();
  half_ready_ = false;
  if (receives) receive_silently(message);
}

Supply::Bits Supply::bits_of(const Direction& direction, const Claim& claim) {
  SOTTO_ASSERT(claim.begin + claim.count <= direction.first_bits.size(), "a claim's own transfers");
  return {direction.first_bits.span().subspan(claim.begin, claim.count),
          direction.second_bits.span().subspan(claim.begin, claim.count)};
}

Supply::Bits Supply::sent_bits(const Claim& claim) {
  apply_correction();
  return bits_of(sent_, claim);
}

ot::SentBlocks Supply::sent(const Claim& claim, std::size_t first, std::size_t count) {
  apply_correction();
  SOTTO_ASSERT(first + count <= claim.count && claim.begin + claim.count <= sent_.blocks.size(),
               "a claim's own transfers");
  const std::size_t at = claim.begin + first;
  return sent_blocks(sent_.blocks.subspan(at, count), sent_.bits() + at);
}

ot::ReceivedBlocks Supply::received(const Claim& claim, std::size_t first, std::size_t count) const {
  SOTTO_ASSERT(first + count <= claim.count && claim.begin + claim.count <= received_.blocks.size(),
               "a claim's own transfers");
  const std::size_t at = claim.begin + first;
  return received_blocks(received_.blocks.subspan(at, count), received_.bits() + at);
}

}  // namespace sotto::protocols::duo
