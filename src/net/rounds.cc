#include "net/rounds.h"

#include <fmt/format.h>

namespace sotto::net {

namespace {
// A running hash of the lengths in a stream: both ends feed the same sequence or have lost step.
std::uint64_t extend(std::uint64_t tag, std::uint64_t item) {
  tag = (tag ^ item) * 0x9E3779B97F4A7C15ull;
  return tag ^ (tag >> 29);
}
}  // namespace

Rounds::Rounds(int self, std::vector<Link*> links)
    : self_(self),
      counting_(false),
      links_(std::move(links)),
      streams_(links_.size()),
      bytes_to_(links_.size()) {
  SOTTO_ASSERT(self >= 0 && self < static_cast<int>(links_.size()), "the party's index is within the links");
}

Rounds::Rounds(int self, int parties, bool counting)
    : self_(self), counting_(counting), links_(parties), streams_(parties), bytes_to_(parties) {}

Rounds Rounds::counting(int self, int parties) { return Rounds(self, parties, true); }

std::string Rounds::peer_name(int party) const {
  const Link* link = links_[static_cast<std::size_t>(party)];
  return link != nullptr ? link->peer_name() : fmt::format("party {}", party);
}

void Rounds::send(int to, const void* data, std::size_t byte_count) {
  SOTTO_ASSERT(to != self_ && to >= 0 && to < parties(), "a message goes to another party");
  if (byte_count == 0) return;
  bytes_to_[to] += byte_count;
  if (charged_ < accounts_.size()) accounts_[charged_].bytes_sent += byte_count;
  if (counting_) return;
  Stream& stream = streams_[to];
  stream.sent_tag = extend(stream.sent_tag, byte_count);
  stream.sent_this_round = true;
  links_[to]->send({static_cast<const std::byte*>(data), byte_count});
}

void Rounds::receive(int from, void* into, std::size_t byte_count) {
  SOTTO_ASSERT(from != self_ && from >= 0 && from < parties(), "a message comes from another party");
  if (byte_count == 0 || counting_) return;
  Stream& stream = streams_[from];
  stream.expected_tag = extend(stream.expected_tag, byte_count);
  stream.expects_this_round = true;
  requests_.push_back({from, into, byte_count});
}

void Rounds::keep_accounts(std::span<Account> accounts) {
  charge(kNobody);
  accounts_ = accounts;
  charged_ = kNobody;
}

void Rounds::settle(std::size_t entry) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (charged_ < accounts_.size())
    accounts_[charged_].seconds += std::chrono::duration<double>(now - charged_since_).count();
  charged_ = entry;
  charged_since_ = now;
}

void Rounds::collect() {
  for (int p = 0; p < parties(); ++p)
    if (streams_[p].sent_this_round) links_[p]->end_round(round_, streams_[p].sent_tag);
  for (const Request& request : requests_)
    links_[request.from]->receive({static_cast<std::byte*>(request.into), request.byte_count});
  requests_.clear();
  for (int p = 0; p < parties(); ++p) {
    Stream& stream = streams_[p];
    if (stream.expects_this_round && links_[p]->receive_end(round_) != stream.expected_tag)
      throw Error(ErrorKind::kPeer,
                  fmt::format("lost step with {} in round {}", links_[p]->peer_name(), round_),
                  "The parties run different plans or different versions of Sotto.", links_[p]->peer_name());
    stream.sent_this_round = stream.expects_this_round = false;
  }
}

}  // namespace sotto::net
