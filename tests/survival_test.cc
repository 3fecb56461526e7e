// The fault matrix of a run that is saved: kill (resume_test.cc), stall, partition, slow link, full disk,
// damaged checkpoints, clock skew, duplicate start. Each ends in a clear message on every side within ten
// seconds or in a correct resumption.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include "forwarder.h"
#include "resumable_job.h"

namespace sotto::tests {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

void expect_resumes(ResumableJob& job, const std::vector<std::string>& flags = {"--resume"}) {
  const auto outcome = job.run_with(flags);
  expect_success(outcome);
  EXPECT_GT(ResumableJob::resumed_after(outcome), 0u);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
}

std::function<bool()> committed(const ResumableJob& job, std::size_t count = 1) {
  return [&job, count] {
    for (std::size_t party = 0; party < 3; ++party)
      if (job.files(party, ".checkpoint").size() < count) return false;
    return true;
  };
}

auto kill_of(std::size_t victim) {
  return [victim](const Pids& pids) { ::kill(pids[victim], SIGKILL); };
}

TEST(Survival, AStalledPartyIsNamedAndTheRunResumed) {
  ResumableJob job;
  const auto outcome = job.run_and_hurt(committed(job), [](const Pids& pids) { ::kill(pids[1], SIGSTOP); });
  expect_clear_end(outcome, 1, job);
  expect_resumes(job);
}

// party "other" reaches party "rows" through a network that the test can hurt.
std::string address_of(const ResumableJob& job, std::size_t party) {
  const auto text = read_file(job.job_files[0]);
  const std::string key = "address = \"";
  auto at = text.find("[parties.\"" + job.names[party] + "\"]");
  at = text.find(key, at) + key.size();
  return text.substr(at, text.find('"', at) - at);
}

void connect_through(ResumableJob& job, const Forwarder& forwarder) {
  write_file(job.job_files[1],
             replaced(read_file(job.job_files[1]), address_of(job, 0), forwarder.address()));
}

void expect_both_ends_named(const Outcome& outcome, const ResumableJob& job) {
  for (std::size_t party = 0; party < 3; ++party) {
    EXPECT_EQ(outcome.ended[party].exit_code, code(ErrorKind::kPeer));
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
    EXPECT_THAT(outcome.errors.at(job.names[party]),
                AnyOf(HasSubstr("party rows"), HasSubstr("party other")));
  }
}

TEST(Survival, AConnectionThatBreaksEndsAllAndTheRunResumes) {
  ResumableJob job;
  Forwarder forwarder(net::parse_endpoint(address_of(job, 0)));
  connect_through(job, forwarder);
  const auto outcome =
      job.run_and_hurt(committed(job), [&](const Pids&) { forwarder.set(Forwarder::State::kDrops); });
  expect_both_ends_named(outcome, job);
  forwarder.set(Forwarder::State::kForwards);
  expect_resumes(job);
}

TEST(Survival, AConnectionThatFallsSilentEndsAllAndTheRunResumes) {
  ResumableJob job;
  Forwarder forwarder(net::parse_endpoint(address_of(job, 0)));
  connect_through(job, forwarder);
  const auto outcome =
      job.run_and_hurt(committed(job), [&](const Pids&) { forwarder.set(Forwarder::State::kSilent); });
  expect_both_ends_named(outcome, job);
  forwarder.set(Forwarder::State::kDrops);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  forwarder.set(Forwarder::State::kForwards);
  expect_resumes(job);
}

// Slow is not dead: what takes long on a link that trickles ends well.
TEST(Survival, ASlowLinkOnlyTakesLonger) {
  ResumableJob job("");
  Forwarder forwarder(net::parse_endpoint(address_of(job, 0)), 40);
  connect_through(job, forwarder);
  const auto outcome = job.run();
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
}

// As on a full disk, a file of that process cannot grow any more.
TEST(Survival, AFullDiskStopsCheckpointsAndNotTheRun) {
  ResumableJob job;
  const auto outcome = job.run_and_hurt(committed(job), [](const Pids& pids) {
    const rlimit nothing{16, 16};
    ::prlimit(pids[1], RLIMIT_FSIZE, &nothing, nullptr);
  });
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  EXPECT_THAT(outcome.errors.at("other"),
              AllOf(HasSubstr("no checkpoint after run"), HasSubstr("cannot write"),
                    HasSubstr("File too large"), HasSubstr("Make room")));
  for (const char* party : {"rows", "helper"})
    EXPECT_THAT(outcome.errors.at(party), HasSubstr("other could not write it; the run goes on"));
  for (const auto& party : outcome.ended)
    EXPECT_GE(nlohmann::json::parse(party.output).at("checkpoints").at("failed"), 1);
  for (std::size_t party = 0; party < 3; ++party) {
    EXPECT_TRUE(job.files(party, ".pending").empty());
    EXPECT_TRUE(job.files(party, ".new").empty());
  }
  expect_resumes(job);
}

// A job whose three parties hold two checkpoints each, and one of which was killed.
class Damaged : public testing::Test {
 protected:
  Damaged() { job_.run_and_hurt(committed(job_, 2), kill_of(2)); }

  void flip(const std::filesystem::path& file, std::size_t at) {
    auto bytes = read_file(file);
    at %= bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    write_file(file, bytes);
  }
  // What one party holds is of no use: everybody learns who lacks what.
  void expect_nothing_in_common(const std::string& complaint) {
    const auto outcome = job_.run_with({"--resume"});
    for (const auto& party : outcome.ended) {
      EXPECT_EQ(party.exit_code, code(ErrorKind::kData));
      EXPECT_THAT(outcome.errors.at(party.name),
                  AllOf(HasSubstr("no checkpoint in common"), HasSubstr("other: none")));
    }
    EXPECT_THAT(outcome.errors.at("other"), AllOf(HasSubstr("checkpoint not used"), HasSubstr(complaint)));
  }

  ResumableJob job_;
};

TEST_F(Damaged, ABitThatFlippedCostsOneCheckpoint) {
  const auto newest = job_.newest(1);
  flip(newest, 1000003);
  const auto outcome = job_.run_with({"--resume"});
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  EXPECT_THAT(outcome.errors.at("other"),
              AllOf(HasSubstr("checkpoint not used"), HasSubstr(newest.filename().string())));
}

TEST_F(Damaged, ACutFileCostsOneCheckpoint) {
  std::filesystem::resize_file(job_.newest(0), 100);
  expect_resumes(job_);
}

TEST_F(Damaged, AnotherKeyOpensNothing) {
  flip(job_.directory.path() / "certs" / "other" / "checkpoint.key", 3);
  expect_nothing_in_common("has another key");
}

// Copied with the key, or it could not even be opened.
TEST_F(Damaged, AnotherPartysFilesAreRefused) {
  for (const auto& file : job_.files(1, ".checkpoint")) std::filesystem::remove(file);
  for (const auto& file : job_.files(0, ".checkpoint"))
    std::filesystem::copy_file(file, job_.checkpoints(1) / file.filename());
  const auto certs = job_.directory.path() / "certs";
  std::filesystem::copy_file(certs / "rows" / "checkpoint.key", certs / "other" / "checkpoint.key",
                             std::filesystem::copy_options::overwrite_existing);
  expect_nothing_in_common("is party rows's, this is other");
}

TEST_F(Damaged, AnotherPlansFilesAreRefused) {
  const auto plan = epochs_plan(2, ResumableJob::kSteps + 1);
  const auto bytes = plan::serialize(plan);
  const auto digest = plan::digest(plan::as_bytes(read_file(job_.plan_file)));
  write_file(job_.plan_file, bytes);
  for (const auto& file : job_.job_files)
    write_file(file, replaced(read_file(file), digest, plan::digest(plan::as_bytes(bytes))));
  const auto outcome = job_.run_with({"--resume"});
  for (const auto& party : outcome.ended) {
    EXPECT_EQ(party.exit_code, code(ErrorKind::kData));
    EXPECT_THAT(outcome.errors.at(party.name), AllOf(HasSubstr("no checkpoint in common"),
                                                     HasSubstr("is of the plan with digest " + digest)));
  }
}

// Nothing compares wall clocks but the validity of certificates.
class Skewed : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kLibrary)) GTEST_SKIP() << "this build cannot preload a clock";
  }
  static std::vector<std::string> clock(long seconds) {
    return {"LD_PRELOAD=" + std::string(kLibrary), "SOTTO_TEST_CLOCK_SKEW=" + std::to_string(seconds)};
  }
  static constexpr const char* kLibrary = SOTTO_BINARY_DIR "/libskewed_clock.so";
};

TEST_F(Skewed, ClocksHalfAnHourApartAreNoProblem) {
  ResumableJob job;
  const Start start{{}, {{"rows", clock(-1800)}, {"helper", clock(1800)}}};
  job.run_and_hurt(committed(job), kill_of(1));
  const auto outcome = job.run({}, true, {{"--resume"}, start.environment});
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
}

// An old certificate of its own lets it start; the others' are from its future.
TEST_F(Skewed, AClockFarBehindIsSaidOnEverySide) {
  ResumableJob job;
  const auto certs = job.directory.path() / "certs";
  const auto before = net::show_certificate(certs / "other" / net::kCertificateFile).fingerprint;
  std::filesystem::remove_all(certs / "other");
  cli::Launch make{"certs", "sotto-party", {"certs", "init", (certs / "other").string(), "--name", "other"}};
  make.environment = clock(-10 * 86400);
  ASSERT_EQ(cli::run_processes({make}, {})[0].exit_code, 0);
  const auto now = net::show_certificate(certs / "other" / net::kCertificateFile).fingerprint;
  for (const auto& file : job.job_files) write_file(file, replaced(read_file(file), before, now));
  const auto outcome = job.run([](const Pids&) {}, false, {{}, {{"other", clock(-5 * 86400)}}});
  EXPECT_THAT(outcome.errors.at("other"), HasSubstr("not valid yet; are the clocks right?"));
  for (std::size_t party = 0; party < 3; ++party) {
    EXPECT_THAT(outcome.ended[party].exit_code, AnyOf(code(ErrorKind::kIdentity), code(ErrorKind::kPeer)));
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
    EXPECT_THAT(outcome.errors.at(job.names[party]), HasSubstr("certificate"))
        << testing::PrintToString(outcome.errors);
  }
}

TEST(Survival, ASecondStartEndsAtOnceAndHurtsNobody) {
  ResumableJob job;
  std::string said[2];
  cli::Ended ended[2];
  // The same job, and one that is another to the handshake but keeps its checkpoints at the same place.
  const auto other_job = job.directory.path() / "second.toml";
  write_file(other_job, replaced(read_file(job.job_files[2]), "every_steps = 10", "every_steps = 11"));
  const auto outcome = job.run_and_hurt(committed(job), [&](const Pids&) {
    const std::filesystem::path files[2] = {job.job_files[2], other_job};
    for (int i = 0; i < 2; ++i) {
      cli::Watch watch;
      watch.on_error_line = [&](const std::string&, const std::string& line) { said[i] += line; };
      ended[i] = cli::run_processes(
          {{"helper", "sotto-party", {"party", "--job", files[i].string(), "--as", "helper", "--resume"}}},
          watch)[0];
    }
  });
  expect_success(outcome);
  EXPECT_EQ(ResumableJob::totals(outcome), expected_totals());
  EXPECT_THAT(said[0], HasSubstr("party helper of job \"job\" runs already on this machine"));
  EXPECT_THAT(said[1], HasSubstr("another process uses the checkpoints"));
  for (const auto& second : ended) {
    EXPECT_EQ(second.exit_code, code(ErrorKind::kSystem));
    EXPECT_LT(second.when - outcome.hurt, std::chrono::seconds(10));
  }
}

}  // namespace
}  // namespace sotto::tests
