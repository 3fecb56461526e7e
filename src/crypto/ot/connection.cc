#include "crypto/ot/connection.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"

namespace sotto::ot {
namespace {

constexpr std::size_t kAnswerBytes = kBaseTransfers * kPointBytes;

// What comes after the base transfers' answer.
constexpr std::size_t kSessionBytes = sizeof(Block);

}  // namespace

std::size_t Connection::turns_for(std::size_t count) const {
  const std::size_t missing = count - std::min(count, left_count_);
  return (missing + kSilent.given() - 1) / kSilent.given();
}

Batch Connection::batch_of(std::size_t count, std::vector<Block> made, std::size_t made_count) {
  Batch batch{.blocks = {}, .first = next_};
  next_ += count;
  left_count_ = left_count_ + made_count - count;
  left_.erase(left_.begin(), left_.begin() + static_cast<std::ptrdiff_t>(made.empty() ? 0 : left_begin_));
  if (!made.empty()) left_begin_ = 0;
  if (left_.empty() && made.size() == count) {
    batch.blocks = std::move(made);
    return batch;
  }
  left_.insert(left_.end(), made.begin(), made.end());
  if (left_.empty()) return batch;
  const auto begin = left_.begin() + static_cast<std::ptrdiff_t>(left_begin_);
  batch.blocks.assign(begin, begin + static_cast<std::ptrdiff_t>(count));
  left_begin_ += count;
  return batch;
}

Task<Sender> Sender::connect(net::Rounds& rounds, int peer, std::string peer_name, Method method) {
  Sender sender(peer, std::move(peer_name), method);
  sender.delta_ = random_delta();
  sender.session_.emplace(random_block());
  const auto choices = SoftSpokenSender::base_choices(sender.delta_, sender.bits());
  Point first{};
  rounds.receive(peer, first.data(), first.size());
  co_await rounds.next();
  BaseReceived base;
  if (!rounds.is_counting()) base = receive_base(choices, std::as_bytes(std::span(first)), sender.peer_name_);
  rounds.send(peer, base.answer.data(), kAnswerBytes);
  rounds.send(peer, &sender.session_->seed(), kSessionBytes);
  co_await rounds.next();
  std::vector<std::byte> trees(kTreeMessageBytes);
  rounds.receive(peer, trees.data(), trees.size());
  co_await rounds.next();
  if (!rounds.is_counting())
    sender.softspoken_.emplace(sender.bits(), *sender.session_, sender.delta_, base.strings, trees,
                               sender.peer_name_);
  co_return sender;
}

Task<Receiver> Receiver::connect(net::Rounds& rounds, int peer, std::string peer_name, Method method) {
  Receiver receiver(peer, std::move(peer_name), method);
  const BaseSender base;
  rounds.send(peer, base.message().data(), base.message().size());
  co_await rounds.next();
  std::vector<std::byte> answer(kAnswerBytes);
  Block seed;
  rounds.receive(peer, answer.data(), answer.size());
  rounds.receive(peer, &seed, kSessionBytes);
  co_await rounds.next();
  receiver.session_.emplace(seed);
  const std::byte* trees = nullptr;
  if (!rounds.is_counting()) {
    const auto pairs = base.finish(answer, kBaseTransfers, receiver.peer_name_);
    receiver.softspoken_.emplace(receiver.bits(), *receiver.session_, pairs);
    trees = receiver.softspoken_->tree_message().data();
  }
  rounds.send(peer, trees, kTreeMessageBytes);
  co_await rounds.next();
  co_return receiver;
}

Task<std::vector<Block>> Sender::extend_softspoken(net::Rounds& rounds, std::size_t count) {
  std::vector<std::byte> message(rounds.is_counting() ? 0 : softspoken_bytes(count, bits()));
  rounds.receive(peer_, message.data(), softspoken_bytes(count, bits()));
  co_await rounds.next();
  std::vector<Block> blocks(rounds.is_counting() ? 0 : count);
  if (!rounds.is_counting()) softspoken_->extend(blocks, message);
  co_return blocks;
}

Task<std::vector<Block>> Receiver::extend_softspoken(net::Rounds& rounds, std::size_t count) {
  std::vector<std::byte> message(rounds.is_counting() ? 0 : softspoken_bytes(count, bits()));
  std::vector<Block> blocks(rounds.is_counting() ? 0 : count);
  if (!rounds.is_counting()) softspoken_->extend(blocks, message);
  rounds.send(peer_, message.data(), softspoken_bytes(count, bits()));
  co_await rounds.next();
  co_return blocks;
}

Task<std::vector<Block>> Sender::extend_silent(net::Rounds& rounds, std::size_t turns) {
  if (!std::exchange(silent_started_, true)) {
    const auto first = co_await extend_softspoken(rounds, kSilent.used());
    if (!rounds.is_counting()) silent_.emplace(session(), delta_, first);
  }
  std::vector<Block> blocks(rounds.is_counting() ? 0 : turns * kSilent.given());
  std::vector<std::byte> message(rounds.is_counting() ? 0 : kSilent.message_bytes());
  for (std::size_t turn = 0; turn < turns; ++turn) {
    if (!rounds.is_counting())
      silent_->extend(std::span(blocks).subspan(turn * kSilent.given(), kSilent.given()), message);
    rounds.send(peer_, message.data(), kSilent.message_bytes());
  }
  co_await rounds.next();
  co_return blocks;
}

Task<std::vector<Block>> Receiver::extend_silent(net::Rounds& rounds, std::size_t turns) {
  if (!std::exchange(silent_started_, true)) {
    const auto first = co_await extend_softspoken(rounds, kSilent.used());
    if (!rounds.is_counting()) silent_.emplace(session(), first, peer_name_);
  }
  const std::size_t held = rounds.is_counting() ? 0 : turns;
  std::vector<std::vector<std::byte>> messages(held, std::vector<std::byte>(kSilent.message_bytes()));
  for (std::size_t turn = 0; turn < turns; ++turn)
    rounds.receive(peer_, turn < held ? messages[turn].data() : nullptr, kSilent.message_bytes());
  co_await rounds.next();
  std::vector<Block> blocks(held * kSilent.given());
  for (std::size_t turn = 0; turn < held; ++turn)
    silent_->extend(std::span(blocks).subspan(turn * kSilent.given(), kSilent.given()), messages[turn]);
  co_return blocks;
}

Task<Batch> Sender::extend(net::Rounds& rounds, std::size_t count) {
  if (method_ != Method::kSilent) co_return batch_of(count, co_await extend_softspoken(rounds, count), count);
  const std::size_t turns = turns_for(count);
  std::vector<Block> made;
  if (turns > 0) made = co_await extend_silent(rounds, turns);
  co_return batch_of(count, std::move(made), turns * kSilent.given());
}

Task<Batch> Receiver::extend(net::Rounds& rounds, std::size_t count) {
  if (method_ != Method::kSilent) co_return batch_of(count, co_await extend_softspoken(rounds, count), count);
  const std::size_t turns = turns_for(count);
  std::vector<Block> made;
  if (turns > 0) made = co_await extend_silent(rounds, turns);
  co_return batch_of(count, std::move(made), turns * kSilent.given());
}

}  // namespace sotto::ot
