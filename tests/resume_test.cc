// A run that survives: whoever dies, and whenever, the parties go on from where they all were, and the result
// is bit for bit the one of a run that nothing happened to. The arithmetic of the plan is exact.
#include <gmock/gmock.h>

#include <atomic>
#include <random>

#include "resumable_job.h"

namespace sotto::tests {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

auto kill_of(std::size_t victim) {
  return [victim](const Pids& pids) { ::kill(pids[victim], SIGKILL); };
}

TEST(Resume, CheckpointsChangeNothing) {
  ResumableJob job("");
  const auto outcome = job.run();
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  // After every ten runs, and at the end.
  const auto report = nlohmann::json::parse(outcome.ended[1].output);
  EXPECT_EQ(report.at("checkpoints").at("written"), 7);
  EXPECT_EQ(report.at("resumed_after"), 0);
  for (std::size_t party = 0; party < 3; ++party) EXPECT_EQ(job.files(party, ".checkpoint").size(), 2u);
  // A finished run does not keep a new one from starting.
  expect_success(job.run());
}

TEST(Resume, AFinishedRunGivesItsResultsAgain) {
  ResumableJob job("");
  expect_success(job.run());
  const auto outcome = job.run_with({"--resume"});
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  EXPECT_EQ(ResumableJob::resumed_after(outcome), ResumableJob::kRuns);
}

struct Moment {
  const char* name;
  std::function<bool(const ResumableJob&, std::size_t victim)> is_now;
};

const std::vector<Moment>& moments() {
  static const std::vector<Moment> kMoments = {
      {"ItsFileIsPending",
       [](const ResumableJob& job, std::size_t victim) {
         return !job.newest(victim).empty() && !job.files(victim, ".pending").empty();
       }},
      {"ItHasCommitted", [](const ResumableJob& job,
                            std::size_t victim) { return job.files(victim, ".checkpoint").size() == 2; }},
      {"AnotherHasCommittedOne",
       [](const ResumableJob& job, std::size_t victim) { return !job.newest((victim + 1) % 3).empty(); }},
      {"TheEndIsPending",
       [](const ResumableJob& job, std::size_t victim) {
         return std::filesystem::exists(job.checkpoints(victim)) &&
                std::ranges::any_of(job.files(victim, ".pending"), [](const std::filesystem::path& file) {
                  return file.filename().string().starts_with("run-" + std::to_string(ResumableJob::kRuns) +
                                                              "-");
                });
       }},
  };
  return kMoments;
}

class Killed : public testing::TestWithParam<std::tuple<std::size_t, std::size_t>> {};

// The network's delay keeps a checkpoint pending for some milliseconds: the watcher looks every one.
TEST_P(Killed, AnyPartyAtAnyMoment) {
  const auto [victim, index] = GetParam();
  const auto& moment = moments()[index];
  ResumableJob job;
  const auto outcome = job.run_and_hurt([&] { return moment.is_now(job, victim); }, kill_of(victim));
  if (outcome.ended[victim].exit_code == 0) GTEST_SKIP() << "the run was over before it could be hurt";
  EXPECT_EQ(outcome.ended[victim].exit_code, 128 + SIGKILL);
  expect_clear_end(outcome, victim, job);
  if (std::string(moment.name) == "ItHasCommitted")
    for (std::size_t party = 0; party < 3; ++party)
      if (party != victim)
        EXPECT_THAT(outcome.errors.at(job.names[party]), HasSubstr("start all parties again with --resume"));
  const auto resumed = job.run_with({"--resume"});
  expect_success(resumed);
  EXPECT_GE(ResumableJob::resumed_after(resumed), 10u);
  EXPECT_EQ(ResumableJob::totals(resumed), expected_totals());
}

INSTANTIATE_TEST_SUITE_P(Resume, Killed,
                         testing::Combine(testing::Values(0u, 1u, 2u), testing::Values(0u, 1u, 2u, 3u)),
                         [](const auto& info) {
                           return "Party" + std::to_string(std::get<0>(info.param)) +
                                  moments()[std::get<1>(info.param)].name;
                         });

// Again and again, whoever and whenever: what has been done stays done.
TEST(Resume, ManyDeathsEndInTheSameResult) {
  ResumableJob job(kUnhurried, 5);
  std::mt19937 random(7);
  std::vector<std::string> flags;
  for (int death = 0; death < 5; ++death) {
    const auto victim = random() % 3;
    const auto after = std::chrono::milliseconds(600 + random() % 400);
    const auto start = std::chrono::steady_clock::now();
    const auto outcome = job.run_and_hurt([&] { return std::chrono::steady_clock::now() - start > after; },
                                          kill_of(victim), flags);
    if (outcome.ended[victim].exit_code == 0) break;
    if (!job.newest(0).empty()) flags = {"--resume"};
  }
  const auto outcome = job.run_with(flags);
  expect_success(outcome);
  EXPECT_GT(ResumableJob::resumed_after(outcome), 0u);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
}

TEST(Resume, WithoutACheckpointSaysSoEverywhere) {
  ResumableJob job("");
  const auto outcome = job.run_with({"--resume"});
  for (const auto& party : outcome.ended) {
    EXPECT_EQ(party.exit_code, code(ErrorKind::kData));
    EXPECT_THAT(outcome.errors.at(party.name), AllOf(HasSubstr("no checkpoint in common"),
                                                     HasSubstr("helper: none"), HasSubstr("--from-start")));
  }
  ResumableJob without("", 0);
  for (const auto& party : without.run_with({"--resume"}).ended)
    EXPECT_EQ(party.exit_code, code(ErrorKind::kUsage));
}

TEST(Resume, AnUnfinishedRunIsNotOverwrittenByMistake) {
  ResumableJob job;
  job.run_and_hurt([&] { return !job.newest(2).empty(); }, kill_of(1));
  const auto refused = job.run();
  for (const auto& party : refused.ended) {
    EXPECT_EQ(party.exit_code, code(ErrorKind::kUsage));
    EXPECT_THAT(refused.errors.at(party.name),
                AllOf(HasSubstr("unfinished run, the newest after run"), HasSubstr("--resume goes on")));
  }
  const auto anew = job.run_with({"--from-start"});
  expect_success(anew);
  EXPECT_EQ(ResumableJob::resumed_after(anew), 0u);
  EXPECT_EQ(ResumableJob::totals(anew), expected_totals());
}

TEST(Resume, AScheduleInSecondsNeedsNoCommonClock) {
  ResumableJob job(kUnhurried, 0);
  const auto outcome = job.run_with({"--checkpoint-seconds", "0.3"});
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  for (const auto& party : outcome.ended) {
    const auto report = nlohmann::json::parse(party.output);
    EXPECT_GE(report.at("checkpoints").at("written"), 3);
    EXPECT_LE(report.at("checkpoints").at("written"), 1 + report.at("seconds").get<double>() / 0.3);
  }
}

TEST(Resume, OtherDataAreRefused) {
  ResumableJob job;
  job.run_and_hurt([&] { return !job.newest(0).empty(); }, kill_of(1));
  auto bytes = read_file(job.directory.path() / "rows.npy");
  bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 0x80);  // a sign
  write_file(job.directory.path() / "rows.npy", bytes);
  const auto outcome = job.run_with({"--resume"});
  EXPECT_EQ(outcome.ended[0].exit_code, code(ErrorKind::kData));
  EXPECT_THAT(outcome.errors.at("rows"), HasSubstr("input \"rows\" is not the one the run was started with"));
  for (const char* other : {"other", "helper"})
    EXPECT_THAT(outcome.errors.at(other), HasSubstr("rows aborted: it met a data error"));
}

}  // namespace
}  // namespace sotto::tests
