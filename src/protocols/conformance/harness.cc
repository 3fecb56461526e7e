#include "protocols/conformance/harness.h"

#include <algorithm>
#include <exception>
#include <numeric>
#include <thread>

#include "base/bits.h"
#include "net/in_process.h"
#include "protocols/conformance/recording_link.h"
#include "protocols/duo/test_session.h"

namespace sotto::protocols::conformance {
namespace {

// A well-mixing function of two words (the finaliser of SplitMix64, Steele et al. 2014).
std::uint64_t mixed(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t z = seed + (index + 1) * 0x9E3779B97F4A7C15ull;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

// The key of parties i and j; of i alone when they are equal.
prg::Prg key_of(const Options& options, int i, int j) {
  const bool observed = options.observer >= 0 && (i == options.observer || j == options.observer);
  const std::uint64_t seed = observed ? ~options.observer_seed : options.seed;
  const auto index = static_cast<std::uint64_t>(std::min(i, j) * 64 + std::max(i, j));
  const std::uint64_t words[2] = {mixed(seed, 2 * index), mixed(seed, 2 * index + 1)};
  prg::Key key;
  std::copy_n(reinterpret_cast<const std::byte*>(words), key.size(), key.begin());
  return prg::Prg(key);
}

// What the table's setup would have made, by a dealer: a hundred thousand setups would be most of the time.
std::shared_ptr<SessionState> state_of(const Table& table, const Options& options, int self) {
  if (!table.rows().setup) return nullptr;
  SOTTO_ASSERT(table.parties() == 2, "the dealer knows the setup of two parties");
  const prg::Prg first = key_of(options, 0, 0), second = key_of(options, 1, 1),
                 common = key_of(options, 0, 1);
  return duo::insecurely_dealt_session(self, {&first, &second}, common);
}

SessionKeys keys_of(const Table& table, const Options& options, int self) {
  std::vector<prg::Prg> pair;
  for (int other = 0; other < table.parties(); ++other) pair.push_back(key_of(options, self, other));
  return {
      .pair = std::move(pair), .own = key_of(options, self, self), .state = state_of(table, options, self)};
}

Words packed(const Integers& bits) {
  Words words = Words::allocate(bits::words_for(bits.size()));
  bits::collect(words.mutable_span(), bits);
  return words;
}

Words words_of(const Context& context, Integers values) {
  return context.counting() ? Words::shape_only(values.size()) : Words::copy_of(values);
}

Share constant_of(const Context& context, const Input& given) {
  if (given.kind != Kind::kBoolean)
    return constant(context, words_of(context, given.values), given.kind, given.shape);
  Words bits =
      context.counting() ? Words::shape_only(bits::words_for(given.values.size())) : packed(given.values);
  return constant(context, std::move(bits), Kind::kBoolean, given.shape);
}

Task<Share> share_input(Context& context, const Input& given) {
  if (given.owner == kConstant) co_return constant_of(context, given);
  const int owner = given.owner % context.table().parties();
  Integers values = given.values;
  // A bit is shared as the sign of bit - 1.
  if (given.kind == Kind::kBoolean)
    for (auto& value : values) value -= 1;
  Words mine = owner == context.self() ? words_of(context, std::move(values)) : Words{};
  Share share = co_await input(context, owner, std::move(mine), given.shape);
  if (given.kind == Kind::kBoolean) share = co_await sign(context, std::move(share), 2);
  co_return share;
}

Task<Shares> share_inputs(Context& context, const std::vector<Input>& inputs) {
  Shares shares;
  for (const Input& given : inputs) shares.push_back(co_await share_input(context, given));
  co_return shares;
}

Integers values_of(const Share& share, const Words& opened) {
  const Words words = opened.materialised();
  Integers values(share.elements());
  if (share.kind == Kind::kBoolean) {
    bits::expand(values, words.span());
  } else {
    std::copy(words.span().begin(), words.span().end(), values.begin());
  }
  return values;
}

Task<std::vector<Integers>> open_results(Context& context, const Shares& shares) {
  std::vector<Integers> results;
  for (const Share& share : shares) {
    const Words opened = share.kind == Kind::kPublic
                             ? share.parts[0]
                             : co_await reveal(context, share, (1u << context.table().parties()) - 1);
    results.push_back(values_of(share, opened));
  }
  co_return results;
}

// What one party does, and what it leaves for the join.
struct Party {
  std::vector<std::unique_ptr<RecordingLink>> links;
  std::vector<Integers> results;
  std::vector<std::uint64_t> bytes;
  std::vector<std::byte> received;
  std::uint32_t rounds = 0;
  std::exception_ptr failure;

  std::vector<std::uint64_t> bytes_sent() const {
    std::vector<std::uint64_t> sent;
    for (const auto& link : links) sent.push_back(link ? link->traffic().bytes_sent : 0);
    return sent;
  }
};

// Steps of the address space of randomness.
enum Phase : std::uint32_t { kSharing, kOperating, kOpening };

void play(Party& party, int self, const Table& table, const std::vector<Input>& inputs,
          const Operation& operation, const Options& options) {
  std::vector<net::Link*> links;
  for (const auto& link : party.links) links.push_back(link.get());
  net::Rounds rounds(self, links);
  const SessionKeys keys = keys_of(table, options, self);
  Context sharing(table, rounds, &keys, kSharing, options.operation);
  Context operating(table, rounds, &keys, kOperating, options.operation);
  Context opening(table, rounds, &keys, kOpening, options.operation);

  Shares shares = rounds.run(share_inputs(sharing, inputs));
  const std::vector<std::uint64_t> before = party.bytes_sent();
  const std::uint32_t round_before = rounds.completed();
  shares = rounds.run(operation(operating, std::move(shares)));
  party.rounds = rounds.completed() - round_before;
  party.bytes = party.bytes_sent();
  for (std::size_t to = 0; to < before.size(); ++to) party.bytes[to] -= before[to];
  for (const auto& link : party.links)
    if (link) party.received.insert(party.received.end(), link->received().begin(), link->received().end());
  party.results = rounds.run(open_results(opening, shares));
}

std::vector<Party> parties_of(const Table& table) {
  std::vector<std::string> names;
  for (int p = 0; p < table.parties(); ++p) names.push_back("party" + std::to_string(p));
  net::LinkMatrix links = net::in_process_links(names, std::chrono::seconds(60));
  std::vector<Party> parties(names.size());
  for (std::size_t p = 0; p < parties.size(); ++p)
    for (auto& link : links[p])
      parties[p].links.push_back(link ? std::make_unique<RecordingLink>(std::move(link)) : nullptr);
  return parties;
}

// The failure that explains the others: a peer that left is a consequence.
void rethrow_failure(const std::vector<Party>& parties) {
  std::exception_ptr consequence;
  for (const Party& party : parties) {
    if (!party.failure) continue;
    try {
      std::rethrow_exception(party.failure);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kPeer) throw;
      consequence = party.failure;
    }
  }
  if (consequence) std::rethrow_exception(consequence);
}

}  // namespace

std::uint64_t Traffic::total_bytes() const {
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

Outcome run(const Table& table, const std::vector<Input>& inputs, const Operation& operation,
            const Options& options) {
  std::vector<Party> parties = parties_of(table);
  {
    std::vector<std::jthread> threads;
    for (std::size_t p = 0; p < parties.size(); ++p)
      threads.emplace_back([&, p] {
        try {
          play(parties[p], static_cast<int>(p), table, inputs, operation, options);
        } catch (...) {
          parties[p].failure = std::current_exception();
          parties[p].links.clear();
        }
      });
  }
  rethrow_failure(parties);

  Outcome outcome{
      .results = parties[0].results, .traffic = {.rounds = parties[0].rounds, .bytes = {}}, .received = {}};
  for (Party& party : parties) {
    SOTTO_ASSERT(party.results == outcome.results, "all parties open the same results");
    SOTTO_ASSERT(party.rounds == outcome.traffic.rounds, "all parties count the same rounds");
    outcome.traffic.bytes.insert(outcome.traffic.bytes.end(), party.bytes.begin(), party.bytes.end());
    outcome.received.push_back(std::move(party.received));
  }
  return outcome;
}

Traffic predict(const Table& table, const std::vector<Input>& inputs, const Operation& operation,
                const Options& options) {
  Traffic traffic;
  for (int self = 0; self < table.parties(); ++self) {
    net::Rounds rounds = net::Rounds::counting(self, table.parties());
    Context sharing(table, rounds, nullptr, kSharing, options.operation);
    Context operating(table, rounds, nullptr, kOperating, options.operation);
    Shares shares = rounds.run(share_inputs(sharing, inputs));
    const std::vector<std::uint64_t> before(rounds.bytes_to().begin(), rounds.bytes_to().end());
    const std::uint32_t round_before = rounds.completed();
    shares = rounds.run(operation(operating, std::move(shares)));
    traffic.rounds = rounds.completed() - round_before;
    for (std::size_t to = 0; to < before.size(); ++to)
      traffic.bytes.push_back(rounds.bytes_to()[to] - before[to]);
  }
  return traffic;
}

}  // namespace sotto::protocols::conformance
