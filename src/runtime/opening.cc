#include "runtime/opening.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <algorithm>

#include "base/error.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kMostCheckpoints = 4;
enum Flag : std::uint8_t { kResumes = 1, kStored = 2 };

Task<void> exchange_all(net::Rounds& rounds, const Bytes& mine, std::vector<Bytes>& all) {
  for (int party = 0; party < rounds.parties(); ++party) {
    if (party == rounds.self()) continue;
    rounds.send(party, mine.data(), mine.size());
    rounds.receive(party, all[static_cast<std::size_t>(party)].data(), mine.size());
  }
  co_await rounds.next();
}

// Of one length, whatever it says: the receiver knows how much to expect.
Bytes to_bytes(const Opening& opening, const SessionId& nonce) {
  ByteWriter writer;
  writer.raw(nonce);
  writer.number(static_cast<std::uint8_t>((opening.resumes ? kResumes : 0) | (opening.stored ? kStored : 0)));
  writer.raw(opening.stored.value_or(SessionId{}));
  writer.number(opening.rows);
  const auto count = std::min(opening.checkpoints.size(), kMostCheckpoints);
  writer.number(static_cast<std::uint8_t>(count));
  for (std::size_t i = 0; i < kMostCheckpoints; ++i) {
    const auto mark = i < count ? opening.checkpoints[i] : CheckpointMark{};
    writer.number(mark.runs);
    writer.raw(mark.session);
  }
  return writer.take();
}

SessionId read_id(ByteReader& reader) {
  SessionId id;
  std::ranges::copy(reader.raw(id.size()), id.begin());
  return id;
}

Opening opening_from(ByteReader reader) {
  read_id(reader);  // the nonce
  Opening opening;
  const auto flags = reader.number<std::uint8_t>();
  opening.resumes = (flags & kResumes) != 0;
  const auto stored = read_id(reader);
  if ((flags & kStored) != 0) opening.stored = stored;
  opening.rows = reader.number<std::uint64_t>();
  const auto count = reader.number<std::uint8_t>();
  for (std::size_t i = 0; i < kMostCheckpoints; ++i) {
    const auto runs = reader.number<std::uint64_t>();
    const auto session = read_id(reader);
    if (i < count) opening.checkpoints.push_back({runs, session});
  }
  return opening;
}

bool holds(const Opening& opening, const CheckpointMark& mark) {
  return std::ranges::find(opening.checkpoints, mark) != opening.checkpoints.end();
}

std::string list_of(const Opening& opening) {
  if (opening.checkpoints.empty()) return "none";
  std::vector<std::string> runs;
  for (const auto& mark : opening.checkpoints)
    runs.push_back(fmt::format("{} of session {}", mark.runs, to_hex(std::span(mark.session).first(4))));
  return fmt::format("{}", fmt::join(runs, ", "));
}

CheckpointMark newest_common(const std::vector<Opening>& parties, const std::vector<std::string>& names) {
  const auto& first = parties.front().checkpoints;
  const CheckpointMark* newest = nullptr;
  for (const auto& mark : first)
    if (std::ranges::all_of(parties, [&](const Opening& party) { return holds(party, mark); }) &&
        (!newest || newest->runs < mark.runs))
      newest = &mark;
  if (newest) return *newest;
  std::string held;
  for (std::size_t i = 0; i < parties.size(); ++i)
    held += fmt::format("{}{}: {}", i == 0 ? "" : "; ", names[i], list_of(parties[i]));
  throw Error(ErrorKind::kData,
              fmt::format("the parties have no checkpoint in common (after runs, by party: {})", held),
              "Restore the directory of the party that lacks them, or start all over with --from-start.");
}

void check_stores(const std::vector<Opening>& parties, const std::vector<std::string>& names) {
  for (std::size_t i = 1; i < parties.size(); ++i)
    if (parties[i].stored != parties[0].stored)
      throw Error(ErrorKind::kData,
                  fmt::format("the share stores of {} and {} are not of one run", names[0], names[i]),
                  "Each party's `load` must name what the same run of the same job stored.");
}

}  // namespace

std::vector<Bytes> exchange_bytes(net::Rounds& rounds, const Bytes& mine) {
  std::vector<Bytes> all(static_cast<std::size_t>(rounds.parties()), Bytes(mine.size()));
  all[static_cast<std::size_t>(rounds.self())] = mine;
  rounds.run(exchange_all(rounds, mine, all));
  return all;
}

Openings exchange_openings(net::Rounds& rounds, const Opening& mine) {
  SessionId nonce;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), static_cast<int>(nonce.size())) != 1)
    throw Error(ErrorKind::kSystem, "the operating system gave no randomness for the session's name");
  Openings openings;
  Sha256 hash;
  hash.update(as_bytes("sotto session 1"));
  for (const auto& said : exchange_bytes(rounds, to_bytes(mine, nonce))) {
    hash.update(said);
    openings.parties.push_back(opening_from(ByteReader(said)));
  }
  const auto digest = hash.digest();
  std::copy_n(digest.begin(), openings.id.size(), openings.id.begin());
  return openings;
}

Session conclude(const Openings& openings, const std::vector<std::string>& names) {
  const auto& parties = openings.parties;
  std::vector<std::string> beginning, resuming;
  for (std::size_t i = 0; i < parties.size(); ++i)
    (parties[i].resumes ? resuming : beginning).push_back(names[i]);
  if (!beginning.empty() && !resuming.empty())
    throw Error(ErrorKind::kUsage,
                fmt::format("{} would resume from a checkpoint, and {} would start from the beginning",
                            fmt::join(resuming, " and "), fmt::join(beginning, " and ")),
                "Start all parties with --resume, or none.");
  check_stores(parties, names);
  Session session{openings.id, {}};
  if (beginning.empty()) session.resumed_from = newest_common(parties, names);
  return session;
}

}  // namespace sotto::runtime
