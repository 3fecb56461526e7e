// Two parties in one process that hold lattice keys: for tests and benchmarks.
#pragma once

#include <array>
#include <exception>
#include <functional>
#include <thread>

#include "base/error.h"
#include "net/in_process.h"
#include "protocols/he/keys.h"
#include "protocols/table.h"

namespace sotto::protocols::he {

inline const Table& test_table() {
  static const Table table("he", 2, Model::kSemiHonest, Rows{});
  return table;
}

// Keys are made once: they take longer than most tests.
class Pair {
 public:
  Pair() {
    Bytes published[2];
    for (std::size_t p = 0; p < 2; ++p) {
      ends_[p].own = std::make_unique<KeyEnd>(KeyEnd::Seeds::random());
      published[p] = ends_[p].own->publish();
    }
    for (std::size_t p = 0; p < 2; ++p)
      ends_[p].other = std::make_unique<EvaluationEnd>(published[1 - p], EvaluationEnd::Seeds::random());
  }

  struct Outcome {
    std::array<Words, 2> words;
    std::array<std::uint64_t, 2> bytes{};  // sent by each
    std::uint32_t rounds = 0;
  };
  using Program = std::function<Task<Words>(Context&, Ends*)>;

  // Both parties run it, each in a thread; throws what the second's throws, else the first's.
  Outcome run(const Program& program) {
    net::LinkMatrix links = net::in_process_links({"alice", "bob"}, std::chrono::seconds(60));
    Outcome outcome;
    std::array<std::exception_ptr, 2> failures;
    {
      std::vector<std::jthread> threads;
      for (int self = 0; self < 2; ++self)
        threads.emplace_back([&, self] {
          const auto p = static_cast<std::size_t>(self);
          try {
            std::vector<net::Link*> raw;
            for (auto& link : links[p]) raw.push_back(link.get());
            net::Rounds rounds(self, raw);
            SessionKeys keys{{}, prg::Prg(prg::random_key())};
            Context context(test_table(), rounds, &keys, 0, 0);
            outcome.words[p] = rounds.run(program(context, &ends_[p]));
            outcome.bytes[p] = rounds.bytes_to()[1 - p];
            if (self == 0) outcome.rounds = rounds.completed();
          } catch (...) {
            failures[p] = std::current_exception();
            links[p].clear();
          }
        });
    }
    rethrow(failures);
    return outcome;
  }

  // What run() would count.
  static Outcome count(const Program& program) {
    Outcome outcome;
    for (std::size_t p = 0; p < 2; ++p) {
      net::Rounds rounds = net::Rounds::counting(static_cast<int>(p), 2);
      Context context(test_table(), rounds, nullptr, 0, 0);
      rounds.run(program(context, nullptr));
      outcome.bytes[p] = rounds.bytes_to()[1 - p];
      outcome.rounds = rounds.completed();
    }
    return outcome;
  }

  Ends& ends(std::size_t party) { return ends_[party]; }

 private:
  // That a peer has left is a consequence.
  static void rethrow(const std::array<std::exception_ptr, 2>& failures) {
    std::exception_ptr consequence;
    for (const std::exception_ptr& failure : failures) try {
        if (failure) std::rethrow_exception(failure);
      } catch (const Error& error) {
        if (!error.message().starts_with("party ")) throw;
        consequence = failure;
      }
    if (consequence) std::rethrow_exception(consequence);
  }

  std::array<Ends, 2> ends_;
};

}  // namespace sotto::protocols::he
