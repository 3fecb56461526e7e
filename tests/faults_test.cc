// What goes wrong between organisations: whoever remains ends within ten seconds and says who and why.
#include <gmock/gmock.h>

#include "base/error.h"
#include "local_job.h"

namespace sotto::tests {
namespace {

using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

constexpr int kPeer = static_cast<int>(ErrorKind::kPeer);
constexpr int kIdentity = static_cast<int>(ErrorKind::kIdentity);

TEST(Faults, WithoutOneAllGoesWell) {
  const auto outcome = LocalJob(50).run();
  for (const auto& party : outcome.ended) EXPECT_EQ(party.exit_code, 0) << outcome.errors.at(party.name);
}

TEST(Faults, AKilledPartyEndsAll) {
  LocalJob job;
  const auto outcome = job.run([](const std::vector<int>& pids) { ::kill(pids[1], SIGKILL); });
  EXPECT_EQ(outcome.ended[1].exit_code, 128 + SIGKILL);
  for (std::size_t party : {0u, 2u}) {
    EXPECT_EQ(outcome.ended[party].exit_code, kPeer);
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
    EXPECT_THAT(outcome.errors.at(job.names[party]), HasSubstr("party1"));
  }
  EXPECT_EQ(cli::combined_exit_code(outcome.ended), kPeer);
}

TEST(Faults, AStalledPartyEndsTheOthers) {
  LocalJob job;
  const auto outcome = job.run([](const std::vector<int>& pids) { ::kill(pids[2], SIGSTOP); });
  for (std::size_t party : {0u, 1u}) {
    EXPECT_EQ(outcome.ended[party].exit_code, kPeer);
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
    EXPECT_THAT(outcome.errors.at(job.names[party]), HasSubstr("party2"));
  }
}

// party1 uses an identity that its own job file pins, and nobody else's.
TEST(Faults, AnotherCertificateIsRefused) {
  LocalJob job;
  const auto certs = job.directory.path() / "certs";
  const auto other = net::Identity::create(job.directory.path() / "other", "party1");
  auto text = read_file(job.job_files[1]);
  text = replaced(text, (certs / "party1").string(), (job.directory.path() / "other").string());
  text = replaced(text, net::show_certificate(certs / "party1" / net::kCertificateFile).fingerprint,
                  other.text().fingerprint);
  write_file(job.job_files[1], text);
  const auto outcome = job.run([](const std::vector<int>&) {}, false);
  for (std::size_t party : {0u, 1u, 2u}) {
    EXPECT_THAT(outcome.ended[party].exit_code, AnyOf(kIdentity, kPeer));
    EXPECT_LT(outcome.seconds_after_hurt(party), 10) << outcome.errors.at(job.names[party]);
  }
  // Who sees the certificate names it, and who does not is told.
  for (const char* other_party : {"party0", "party2"})
    EXPECT_THAT(outcome.errors.at(other_party), AllOf(HasSubstr("party1"), HasSubstr("certificate")));
}

// A party notices its own wrong certificate before it contacts anybody.
TEST(Faults, AnIdentityThatTheJobDoesNotPinIsRefusedAtHome) {
  LocalJob job;
  net::Identity::create(job.directory.path() / "other", "party1");
  write_file(job.job_files[1],
             replaced(read_file(job.job_files[1]), (job.directory.path() / "certs" / "party1").string(),
                      (job.directory.path() / "other").string()));
  const auto ended = cli::run_processes(
      {{"party1", "sotto-party", {"party", "--job", job.job_files[1].string(), "--as", "party1"}}}, {});
  EXPECT_EQ(ended[0].exit_code, kIdentity);
}

TEST(Faults, AnotherPlanIsRefused) {
  LocalJob job;
  const auto other = job.directory.path() / "other.plan";
  const auto plan = cli::kernel_plan("rep3", "compare", 1000, 7);
  write_file(other, plan::serialize(plan));
  auto text = read_file(job.job_files[2]);
  text = replaced(text, job.plan_file.string(), other.string());
  text = replaced(text, plan::digest(plan::as_bytes(read_file(job.plan_file))),
                  plan::digest(plan::as_bytes(read_file(other))));
  write_file(job.job_files[2], text);
  const auto outcome = job.run([](const std::vector<int>&) {}, false);
  for (std::size_t party : {0u, 1u, 2u}) {
    EXPECT_THAT(outcome.ended[party].exit_code, AnyOf(kIdentity, kPeer));
    EXPECT_LT(outcome.seconds_after_hurt(party), 10);
  }
  EXPECT_THAT(outcome.errors.at("party0"),
              AllOf(HasSubstr("party2"), AnyOf(HasSubstr("plan"), HasSubstr("job"))));
}

TEST(Faults, AnAlteredPlanIsRefusedBeforeAnybodyIsContacted) {
  LocalJob job;
  auto bytes = read_file(job.plan_file);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(job.plan_file, bytes);
  const auto outcome = job.run([](const std::vector<int>&) {}, false);
  for (std::size_t party : {0u, 1u, 2u}) {
    EXPECT_EQ(outcome.ended[party].exit_code, kIdentity);
    EXPECT_THAT(outcome.errors.at(job.names[party]), HasSubstr("digest"));
  }
}

// The others hear that a party stopped and why in kind; which of its elements was out of range is its own
// business.
TEST(Faults, DataErrorsStayAtHome) {
  cli::ScratchDirectory directory;
  auto plan = cli::kernel_plan("rep3", "sign", 1000, 1);
  plan.mutable_inputs(0)->set_encoding("");
  const auto plan_file = directory.path() / "job.plan";
  write_file(plan_file, plan::serialize(plan));
  std::string numbers;
  for (int i = 0; i < 1000; ++i) numbers += i == 777 ? "12345.5\n" : "0.25\n";
  const auto data = directory.path() / "numbers.csv";
  write_file(data, numbers);
  const auto job = cli::write_scratch_job(directory.path(),
                                          {"job", plan_file, "", {{plan.inputs(0).name(), data}}, {}, false});
  std::vector<cli::Launch> launches;
  for (const char* name : {"party0", "party1", "party2"})
    launches.push_back({name, "sotto-party", {"party", "--job", job.string(), "--as", name, "--quiet"}});
  std::map<std::string, std::string> said;
  cli::Watch watch;
  watch.on_error_line = [&](const std::string& party, const std::string& line) {
    said[party] += line + '\n';
  };
  const auto ended = cli::run_processes(launches, watch);
  EXPECT_EQ(ended[0].exit_code, static_cast<int>(ErrorKind::kData));
  EXPECT_THAT(said["party0"], AllOf(HasSubstr("777"), testing::Not(HasSubstr("12345"))));
  for (const char* other : {"party1", "party2"})
    EXPECT_THAT(said[other],
                AllOf(HasSubstr("party0 aborted"), HasSubstr("data error"), testing::Not(HasSubstr("777"))));
}

}  // namespace
}  // namespace sotto::tests
