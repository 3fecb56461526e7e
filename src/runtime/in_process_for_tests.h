// All parties of a program as threads of this process: how tests run plans.
#pragma once

#include <exception>
#include <functional>
#include <thread>

#include "base/error.h"
#include "net/in_process.h"
#include "runtime/executor.h"

namespace sotto::runtime {

struct PartyOutcome {
  Outputs outputs;
  Profile profile;
  std::exception_ptr exception;
};

inline bool is_range_error(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kRange;
  } catch (...) {
    return false;
  }
}

// `fill` gives the elements of inputs at whichever party owns them.
using FillInput = decltype(Environment::fill_input);

inline protocols::SessionKeys keys_for_tests(int self, int parties) {
  const auto key = [](int a, int b) {
    prg::Key bytes{};
    bytes[0] = static_cast<std::byte>(std::min(a, b) + 1);
    bytes[1] = static_cast<std::byte>(std::max(a, b) + 1);
    return bytes;
  };
  std::vector<prg::Prg> pair;
  for (int peer = 0; peer < parties; ++peer) pair.emplace_back(key(self, peer));
  return {std::move(pair), prg::Prg(prg::random_key())};
}

using AtBoundary = decltype(Environment::at_boundary);

using StoredShareOf = decltype(Environment::stored_share);

// `boundary_of(party, executor)` is what the party does between runs of blocks; `stored_of(party)` gives its
// shares of stored inputs.
inline std::vector<PartyOutcome> run_with_boundaries(
    const Program& program, const FillInput& fill,
    const std::function<AtBoundary(int party, Executor&)>& boundary_of,
    const std::function<void(int party, Executor&)>& body = [](int, Executor& executor) { executor.run(); },
    const std::function<StoredShareOf(int party)>& stored_of = {}) {
  const int parties = program.table->parties();
  std::vector<std::string> names;
  for (int p = 0; p < parties; ++p) names.push_back("party" + std::to_string(p));
  auto links = net::in_process_links(names, std::chrono::seconds(20));
  std::vector<PartyOutcome> outcomes(static_cast<std::size_t>(parties));
  std::vector<std::thread> threads;
  for (int self = 0; self < parties; ++self)
    threads.emplace_back([&, self, mine = std::move(links[static_cast<std::size_t>(self)])]() mutable {
      auto& outcome = outcomes[static_cast<std::size_t>(self)];
      try {
        std::vector<net::Link*> raw;
        for (auto& link : mine) raw.push_back(link.get());
        net::Rounds rounds(self, raw);
        auto keys = keys_for_tests(self, parties);
        if (const auto& setup = program.table->rows().setup)
          keys.state = rounds.run(setup(rounds, program.setup_needs));
        AtBoundary boundary;
        Executor executor(program, {&rounds,
                                    &keys,
                                    raw,
                                    fill,
                                    stored_of ? stored_of(self) : StoredShareOf(),
                                    {},
                                    [&](std::uint64_t runs) {
                                      if (boundary) boundary(runs);
                                    }});
        if (boundary_of) boundary = boundary_of(self, executor);
        body(self, executor);
        outcome.outputs = executor.outputs();
        outcome.profile = executor.profile();
      } catch (...) {
        outcome.exception = std::current_exception();
        // As in run_party: a violated guard is everybody's to find.
        if (!is_range_error(outcome.exception))
          for (auto& link : mine)
            if (link) link->abort("this party failed");
      }
    });
  for (auto& thread : threads) thread.join();
  return outcomes;
}

inline std::vector<PartyOutcome> run_in_process(
    const Program& program, const FillInput& fill,
    const std::function<void(int party, Executor&)>& body = [](int, Executor& executor) { executor.run(); }) {
  return run_with_boundaries(program, fill, std::function<AtBoundary(int party, Executor&)>(), body);
}

inline std::vector<PartyOutcome> run_with_stored(const Program& program, const FillInput& fill,
                                                 const std::function<StoredShareOf(int party)>& stored_of) {
  return run_with_boundaries(program, fill, {}, [](int, Executor& executor) { executor.run(); }, stored_of);
}

}  // namespace sotto::runtime
