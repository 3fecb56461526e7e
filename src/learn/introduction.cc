#include "learn/introduction.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/error.h"
#include "learn/ids.h"
#include "net/rounds.h"

namespace sotto::learn {
namespace {

// One message to each other party, of one length whatever it says.
struct Message {
  Facts facts;
  bool has_ids = false;
  Digest ids{};
};
constexpr std::size_t kMessageBytes = 8 + 8 + 4 + 1 + sizeof(Digest);

Bytes to_bytes(const Message& message) {
  ByteWriter writer;
  writer.number(message.facts.rows);
  writer.number(message.facts.features);
  writer.number(message.facts.range_bits);
  writer.number(static_cast<std::uint8_t>(message.has_ids));
  writer.raw(message.ids);
  return writer.take();
}

Message from_bytes(const Bytes& bytes, const std::string& name) {
  ByteReader reader(bytes, fmt::format("{}'s introduction", name), ErrorKind::kPeer);
  Message message;
  message.facts.rows = reader.number<std::uint64_t>();
  message.facts.features = reader.number<std::uint64_t>();
  message.facts.range_bits = reader.number<std::int32_t>();
  message.has_ids = reader.number<std::uint8_t>() != 0;
  std::ranges::copy(reader.raw(sizeof(Digest)), message.ids.begin());
  constexpr std::uint64_t kMostRows = 0xffffffff, kMostFeatures = 1 << 24;
  constexpr std::int32_t kMostBits = 30;
  if (message.facts.rows > kMostRows || message.facts.features > kMostFeatures ||
      message.facts.range_bits < 0 || message.facts.range_bits > kMostBits)
    throw Error(ErrorKind::kPeer, fmt::format("{} says that it brings more than there can be", name));
  return message;
}

Task<void> exchange(net::Rounds& rounds, const std::vector<Bytes>& mine, std::vector<Bytes>& theirs) {
  for (int party = 0; party < rounds.parties(); ++party) {
    if (party == rounds.self()) continue;
    const auto index = static_cast<std::size_t>(party);
    rounds.send(party, mine[index].data(), mine[index].size());
    rounds.receive(party, theirs[index].data(), theirs[index].size());
  }
  co_await rounds.next();
}

// Whoever holds no table does not see that others' differ. The first party that says so, if any.
std::optional<std::size_t> tell_all(net::Rounds& rounds, bool unhappy) {
  const auto parties = static_cast<std::size_t>(rounds.parties());
  std::vector<Bytes> theirs(parties, Bytes(1));
  rounds.run(exchange(rounds, std::vector<Bytes>(parties, Bytes{std::byte{unhappy}}), theirs));
  for (std::size_t party = 0; party < parties; ++party)
    if (static_cast<int>(party) != rounds.self() && theirs[party][0] != std::byte{0}) return party;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> mismatch(const std::vector<std::string>& names, const std::vector<Facts>& facts,
                                    std::size_t self, const std::vector<IdsAgree>& same_ids) {
  for (std::size_t a = 0; a < facts.size(); ++a)
    for (std::size_t b = a + 1; b < facts.size(); ++b)
      if (facts[a].rows != 0 && facts[b].rows != 0 && facts[a].rows != facts[b].rows)
        return fmt::format("the tables of {} and {} have {} and {} rows", names[a], names[b], facts[a].rows,
                           facts[b].rows);
  for (std::size_t peer = 0; peer < facts.size(); ++peer) {
    if (peer == self || facts[self].rows == 0 || facts[peer].rows == 0) continue;
    const auto &first = names[std::min(self, peer)], &second = names[std::max(self, peer)];
    if (same_ids[peer] == IdsAgree::kOneHasNone)
      return fmt::format("of {} and {} one names an id column and the other does not", first, second);
    if (same_ids[peer] == IdsAgree::kNo)
      return fmt::format("the id columns of {} and {} differ", first, second);
  }
  return std::nullopt;
}

std::vector<Facts> introduce(const Introduction& introduction) {
  const auto& options = introduction.mesh;
  const auto parties = options.names.size(), self = options.self;
  net::Mesh mesh(options);
  auto links = mesh.open_session(0);
  std::vector<net::Link*> raw;
  for (auto& link : links) raw.push_back(link.get());
  net::Rounds rounds(static_cast<int>(self), raw);
  std::vector<Digest> digests(parties);
  std::vector<Bytes> mine(parties), theirs(parties, Bytes(kMessageBytes));
  for (std::size_t peer = 0; peer < parties; ++peer) {
    if (peer == self) continue;
    const auto key = mesh.connection(peer)->pairwise_key("sotto learn ids", options.job);
    digests[peer] = digest_of_ids(std::as_bytes(std::span(key)), introduction.ids);
    mine[peer] = to_bytes({introduction.mine, !introduction.ids.empty(), digests[peer]});
  }
  rounds.run(exchange(rounds, mine, theirs));
  std::vector<Facts> facts(parties);
  std::vector<IdsAgree> same_ids(parties, IdsAgree::kYes);
  for (std::size_t peer = 0; peer < parties; ++peer) {
    if (peer == self) {
      facts[peer] = introduction.mine;
      continue;
    }
    const auto message = from_bytes(theirs[peer], options.names[peer]);
    facts[peer] = message.facts;
    if (message.has_ids != !introduction.ids.empty())
      same_ids[peer] = IdsAgree::kOneHasNone;
    else if (message.ids != digests[peer])
      same_ids[peer] = IdsAgree::kNo;
  }
  const auto problem = mismatch(options.names, facts, self, same_ids);
  const auto unhappy = tell_all(rounds, problem.has_value());
  if (problem)
    throw Error(
        ErrorKind::kData, fmt::format("{} (this party's is {})", *problem, introduction.table),
        "All tables must be about the same rows in the same order: keep the rows that all have, and sort "
        "them by their ids.");
  if (unhappy)
    throw Error(ErrorKind::kData,
                fmt::format("{} found that its rows are not another party's", options.names[*unhappy]),
                "Its own output says which.");
  return facts;
}

}  // namespace sotto::learn
