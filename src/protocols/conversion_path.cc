// The shortest path among at most a handful of sharings (Dijkstra's), over costs that are counted.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>

#include "base/error.h"
#include "net/rounds.h"
#include "protocols/conversions.h"
#include "protocols/operations.h"

namespace sotto::protocols {
namespace {

// One that is there only in shape, as counting needs it.
Shared shape_of(const Context& context, const Sharing& sharing, const Shape& shape) {
  Shared value{.sharing = sharing, .shape = shape, .words = {}, .share = {}, .encrypted = nullptr};
  const auto words = [](const Shape& of) {
    return Words::shape_only(static_cast<std::size_t>(element_count(of)));
  };
  if ((sharing.knowers(context.table().parties()) >> context.self() & 1) != 0) value.words = words(shape);
  if (sharing.form == Form::kArithmetic)
    value.share = constant(context, words(shape), Kind::kArithmetic, shape);
  if (sharing.form == Form::kBoolean) {
    const Shape planes = planes_shape(shape, sharing.bits);
    value.share = constant(context, Words::shape_only(words(planes).size() / 64), Kind::kBoolean, planes);
  }
  return value;
}

// Integers alone: all parties must find the same.
std::uint64_t nanoseconds(const ConversionCost& cost, const Contraction::Link& network) {
  return cost.rounds * static_cast<std::uint64_t>(network.one_way_microseconds) * 1000 +
         cost.bytes * 8'000'000 / static_cast<std::uint64_t>(network.kilobit_per_second);
}

// The way that was found to a sharing, and from which one it comes.
struct Reached {
  std::uint64_t nanoseconds = std::numeric_limits<std::uint64_t>::max();
  bool done = false;
  std::size_t before = 0;
  ConversionStep step{};
};

class Search {
 public:
  Search(const Table& table, const Sharing& from, const Sharing& to, const Shape& shape,
         const Contraction::Link& network)
      : table_(table), shape_(shape), network_(network) {
    const int bits = from.form == Form::kBoolean ? from.bits : to.bits;
    const unsigned known = from.knowers(table.parties()) | to.knowers(table.parties());
    places_ = {from, to};
    for (const Sharing& sharing : sharings_of(table, bits))
      if (sharing != from && sharing != to && (sharing.knowers(table.parties()) & ~known) == 0)
        places_.push_back(sharing);
    reached_.resize(places_.size());
    reached_[0].nanoseconds = 0;
  }

  // From place 0 to place 1; empty where there is none.
  std::vector<ConversionStep> run() {
    for (std::size_t at = nearest(); at < places_.size() && at != 1; at = nearest()) leave(at);
    std::vector<ConversionStep> steps;
    if (reached_[1].nanoseconds == Reached().nanoseconds) return steps;
    for (std::size_t at = 1; at != 0; at = reached_[at].before) steps.push_back(reached_[at].step);
    std::ranges::reverse(steps);
    return steps;
  }

 private:
  // The nearest place that was not left yet.
  std::size_t nearest() const {
    std::size_t best = places_.size();
    for (std::size_t i = 0; i < places_.size(); ++i)
      if (!reached_[i].done && reached_[i].nanoseconds != Reached().nanoseconds &&
          (best == places_.size() || reached_[i].nanoseconds < reached_[best].nanoseconds))
        best = i;
    return best;
  }

  void leave(std::size_t at) {
    reached_[at].done = true;
    for (const Conversion* row : table_.rows().conversions)
      for (std::size_t to = 0; to < places_.size(); ++to) {
        if (row->from != places_[at].form || row->to != places_[to].form || reached_[to].done) continue;
        const ConversionCost cost = cost_of(table_, *row, places_[at], places_[to], shape_);
        const std::uint64_t time = reached_[at].nanoseconds + nanoseconds(cost, network_);
        if (time < reached_[to].nanoseconds)
          reached_[to] = {.nanoseconds = time, .done = false, .before = at, .step = {row, places_[to], cost}};
      }
  }

  const Table& table_;
  const Shape& shape_;
  const Contraction::Link& network_;
  std::vector<Sharing> places_;
  std::vector<Reached> reached_;
};

void check(const Table& table, const Sharing& sharing) {
  const std::vector<Sharing> all = sharings_of(table, sharing.bits);
  const bool width_fits = sharing.bits >= 1 && sharing.bits <= 64;
  if (width_fits && std::ranges::find(all, sharing) != all.end()) return;
  std::string known;
  for (const Sharing& one : sharings_of(table)) known += (known.empty() ? "" : ", ") + to_string(one);
  throw Error(ErrorKind::kPlan, fmt::format("{} has no sharing {}", table.name(), to_string(sharing)),
              fmt::format("It has {}, and Booleans of 1 to 64 bits.", known));
}

}  // namespace

std::vector<Sharing> sharings_of(const Table& table, int bits) {
  std::vector<Sharing> all = {Sharing::known_to_all(), Sharing::arithmetic(), Sharing::boolean(bits)};
  for (int party = 0; party < table.parties(); ++party) all.push_back(Sharing::known_to(party));
  const bool encrypts = std::ranges::any_of(table.rows().conversions,
                                            [](const auto* row) { return row->to == Form::kEncrypted; });
  for (int party = 0; encrypts && party < table.parties(); ++party)
    all.push_back(Sharing::encrypted_for(party));
  return all;
}

ConversionCost cost_of(const Table& table, const Conversion& conversion, const Sharing& from,
                       const Sharing& to, const Shape& shape) {
  ConversionCost cost;
  for (int self = 0; self < table.parties(); ++self) {
    net::Rounds rounds = net::Rounds::counting(self, table.parties());
    Context context(table, rounds, nullptr, 0, 0);
    rounds.run(conversion.run(context, shape_of(context, from, shape), to));
    cost.rounds = rounds.completed();
    for (const std::uint64_t bytes : rounds.bytes_to()) cost.bytes += bytes;
  }
  return cost;
}

std::vector<ConversionStep> conversion_path(const Table& table, const Sharing& from, const Sharing& to,
                                            const Shape& shape, const Contraction::Link& network) {
  check(table, from);
  check(table, to);
  if (from == to) return {};
  std::vector<ConversionStep> steps = Search(table, from, to, shape, network).run();
  if (steps.empty())
    throw Error(ErrorKind::kPlan, fmt::format("{} has no conversion from {} to {}", table.name(),
                                              to_string(from), to_string(to)));
  return steps;
}

Task<Shared> convert(Context& context, Shared value, Sharing to, Contraction::Link network) {
  for (const ConversionStep& step :
       conversion_path(context.table(), value.sharing, to, value.shape, network)) {
    const Sharing next = step.to;
    value = co_await step.conversion->run(context, std::move(value), next);
  }
  co_return value;
}

}  // namespace sotto::protocols
