// A training job of three processes that can be resumed, and what happens to it on the way.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "local_job.h"
#include "plan/sample_for_tests.h"
#include "runtime/program.h"

namespace sotto::tests {

using Pids = std::vector<int>;

inline plan::Plan epochs_plan(std::uint64_t epochs, std::uint64_t steps) {
  auto plan = plan::epochs_plan(epochs, steps);
  runtime::declare_costs(plan);
  return plan;
}

// A step takes six rounds: 30 ms on this network, so that there is time to hurt a run.
inline constexpr const char* kUnhurried = "1000:5";

class ResumableJob : public LocalJob {
 public:
  static constexpr std::uint64_t kSteps = 30, kEvery = 10, kRuns = 1 + 2 * (kSteps + 1);

  explicit ResumableJob(const std::string& network = kUnhurried, std::uint64_t every = kEvery,
                        const plan::Plan& plan = epochs_plan(2, kSteps))
      : LocalJob(plan, network, every) {}

  std::filesystem::path checkpoints(std::size_t party) const {
    return directory.path() / ("job." + names[party] + ".checkpoints");
  }
  // Files of the party's directory with this ending.
  std::vector<std::filesystem::path> files(std::size_t party, const std::string& ending) const {
    std::vector<std::filesystem::path> found;
    std::error_code none_yet;
    for (const auto& entry : std::filesystem::directory_iterator(checkpoints(party), none_yet))
      if (entry.path().extension() == ending) found.push_back(entry.path());
    std::ranges::sort(found);
    return found;
  }
  std::filesystem::path newest(std::size_t party) const {
    const auto runs = [](const std::filesystem::path& file) {
      return std::stoull(file.filename().string().substr(4));
    };
    const auto all = files(party, ".checkpoint");
    return all.empty() ? std::filesystem::path() : *std::ranges::max_element(all, {}, runs);
  }

  // Runs with the flags; once `moment()` is true, `hurt` is done to the processes. outcome.hurt says when.
  Outcome run_and_hurt(const std::function<bool()>& moment, const std::function<void(const Pids&)>& hurt,
                       const std::vector<std::string>& flags = {}) {
    std::thread watcher;
    std::atomic<bool> over = false;
    std::chrono::steady_clock::time_point when;
    auto outcome = run(
        [&](const Pids& pids) {
          watcher = std::thread([&, pids] {
            while (!over && !moment()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            when = std::chrono::steady_clock::now();
            if (!over) hurt(pids);
          });
        },
        false, {flags, {}});
    over = true;
    watcher.join();
    outcome.hurt = when;
    return outcome;
  }
  Outcome run_with(const std::vector<std::string>& flags) { return run({}, true, {flags, {}}); }

  // What the first party learnt: the totals after each epoch.
  static nlohmann::json totals(const Outcome& outcome) {
    return nlohmann::json::parse(outcome.ended[0].output).at("outputs").at("total");
  }
  static std::uint64_t resumed_after(const Outcome& outcome) {
    return nlohmann::json::parse(outcome.ended[0].output).at("resumed_after").get<std::uint64_t>();
  }
};

inline void expect_success(const Outcome& outcome) {
  for (const auto& party : outcome.ended) {
    const auto said = outcome.errors.find(party.name);
    ASSERT_EQ(party.exit_code, 0) << party.name << ": " << (said == outcome.errors.end() ? "" : said->second);
  }
}

// Everybody but the victim ended by itself in time, with a message that names it.
inline void expect_clear_end(const Outcome& outcome, std::size_t victim, const ResumableJob& job) {
  for (std::size_t party = 0; party < 3; ++party) {
    if (party == victim) continue;
    EXPECT_EQ(outcome.ended[party].exit_code, static_cast<int>(ErrorKind::kPeer));
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
    const auto said = outcome.errors.find(job.names[party]);
    ASSERT_NE(said, outcome.errors.end());
    EXPECT_THAT(said->second, testing::HasSubstr(job.names[victim]));
  }
}

inline int code(ErrorKind kind) { return static_cast<int>(kind); }

// Of a run that nothing happened to and nobody saved; the data are the same in every job.
inline const nlohmann::json& expected_totals() {
  static const auto totals = [] {
    ResumableJob job("", 0);
    const auto outcome = job.run();
    expect_success(outcome);
    return ResumableJob::totals(outcome);
  }();
  return totals;
}

}  // namespace sotto::tests
