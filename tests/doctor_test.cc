// The doctor as people call it: a good set-up passes at all three parties at once; each broken thing is
// named, with its fix, on the side that can mend it.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <future>
#include <nlohmann/json.hpp>

#include "local_job.h"
#include "net/socket.h"
#include "runtime/job.h"

namespace sotto::tests {
namespace {

using nlohmann::json;
using testing::HasSubstr;

struct Diagnosis {
  int code = 0;
  json report;

  // "PASS: fact" of the check, "" when there is none.
  std::string of(const std::string& name) const {
    for (const auto& check : report.at("checks"))
      if (check.at("name") == name)
        return check.at("verdict").get<std::string>() + ": " + check.at("fact").get<std::string>() +
               (check.at("fix") == "" ? "" : " FIX " + check.at("fix").get<std::string>());
    return "";
  }
};

class Ward {
 public:
  // Doctors of the parties, at the same time.
  std::vector<Diagnosis> diagnose(const std::vector<std::size_t>& parties, const std::string& wait = "8",
                                  const std::vector<std::string>& more = {}) {
    std::vector<cli::Launch> launches;
    for (const auto party : parties) {
      launches.push_back({job.names[party],
                          "sotto-party",
                          {"doctor", "--job", job.job_files[party].string(), "--as", job.names[party],
                           "--wait", wait, "--json"}});
      launches.back().arguments.insert(launches.back().arguments.end(), more.begin(), more.end());
    }
    cli::Watch watch;
    watch.grace = std::chrono::seconds(60);
    std::vector<Diagnosis> found;
    for (const auto& ended : cli::run_processes(launches, watch))
      found.push_back({ended.exit_code, json::parse(ended.output)});
    return found;
  }
  Diagnosis alone(std::size_t party) { return diagnose({party}, "1", {"--no-peers"})[0]; }

  void change_job(std::size_t party, const std::string& from, const std::string& to) {
    write_file(job.job_files[party], replaced(read_file(job.job_files[party]), from, to));
  }
  runtime::Job parsed() { return runtime::load_job(job.job_files[0]); }

  LocalJob job{20};
};

TEST(Doctor, AGoodSetUpPassesEverywhere) {
  Ward ward;
  const auto found = ward.diagnose({0, 1, 2});
  for (std::size_t party = 0; party < 3; ++party) {
    EXPECT_EQ(found[party].code, 0) << found[party].report.dump(2);
    EXPECT_TRUE(found[party].report.at("passed"));
    for (const char* check : {"job", "plan", "own certificate", "fingerprints", "own port", "forecast"})
      EXPECT_THAT(found[party].of(check), HasSubstr("PASS")) << check;
    for (std::size_t peer = 0; peer < 3; ++peer) {
      if (peer == party) continue;
      EXPECT_THAT(found[party].of("peer " + ward.job.names[peer]), HasSubstr("PASS"));
      EXPECT_THAT(found[party].of("peer " + ward.job.names[peer] + ", agreement"),
                  HasSubstr("PASS: same job"));
      EXPECT_THAT(found[party].of("peer " + ward.job.names[peer] + ", line"), HasSubstr("PASS: round trip"));
    }
  }
}

TEST(Doctor, NeedsNoJob) {
  cli::Watch watch;
  const auto ended = cli::run_processes({{"doctor", "sotto-party", {"doctor", "--json"}}}, watch)[0];
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_EQ(json::parse(ended.output).at("checks").at(0).at("name"), "processor");
}

// Nothing failed, and yet not everything is ready.
TEST(Doctor, APeerThatIsNotStartedIsAway) {
  Ward ward;
  const auto found = ward.diagnose({1}, "1")[0];
  EXPECT_EQ(found.code, static_cast<int>(ErrorKind::kPeer));
  EXPECT_FALSE(found.report.at("passed"));
  EXPECT_THAT(found.of("peer party0"),
              testing::AllOf(HasSubstr("AWAY: not started: nobody listens"), HasSubstr("FIX Start")));
  EXPECT_THAT(found.of("peer party2"), testing::AllOf(HasSubstr("AWAY"), HasSubstr("did not connect")));
  EXPECT_THAT(found.of("own certificate"), HasSubstr("PASS"));
  EXPECT_THAT(found.report.dump(), testing::Not(HasSubstr("FAIL")));
}

TEST(Doctor, APeerWhoseNameNobodyKnowsFails) {
  Ward ward;
  ward.change_job(1, ward.parsed().party_named("party0").address, "nobody.invalid:7001");
  const auto found = ward.diagnose({1}, "1")[0];
  EXPECT_EQ(found.code, static_cast<int>(ErrorKind::kSystem));
  EXPECT_THAT(found.of("peer party0"), HasSubstr("FAIL"));
}

TEST(Doctor, APortInUseFails) {
  Ward ward;
  const auto held = net::listen_on(net::parse_endpoint(ward.parsed().party_named("party0").address));
  const auto found = ward.diagnose({0}, "0.5")[0];
  EXPECT_NE(found.code, 0);
  EXPECT_THAT(found.of("own port"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("in use")));
}

TEST(Doctor, AWrongPinFailsOnBothSides) {
  Ward ward;
  const auto other = net::Identity::create(ward.job.directory.path() / "other", "other").text().fingerprint;
  ward.change_job(1, ward.parsed().party_named("party0").fingerprint, other);
  const auto found = ward.diagnose({0, 1}, "3");
  EXPECT_THAT(found[1].of("peer party0"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("certificate")));
  EXPECT_THAT(found[0].of("peer party1"), HasSubstr("FAIL"));
  const auto own = ward.alone(0);
  EXPECT_EQ(own.code, 0) << own.report.dump(2);
}

TEST(Doctor, AnotherIdentityThanThePinnedFails) {
  Ward ward;
  net::Identity::create(ward.job.directory.path() / "new", "party1");
  ward.change_job(1, (ward.job.directory.path() / "certs" / "party1").string(),
                  (ward.job.directory.path() / "new").string());
  EXPECT_THAT(ward.alone(1).of("own certificate"),
              testing::AllOf(HasSubstr("FAIL"), HasSubstr("the job pins")));
}

TEST(Doctor, AnOpenOrMissingKeyFails) {
  Ward ward;
  const auto key = ward.job.directory.path() / "certs" / "party1" / net::kKeyFile;
  ASSERT_EQ(::chmod(key.c_str(), 0644), 0);
  EXPECT_THAT(ward.alone(1).of("own certificate"),
              testing::AllOf(HasSubstr("FAIL"), HasSubstr("open to other")));
  std::filesystem::remove(key);
  EXPECT_THAT(ward.alone(1).of("own certificate"),
              testing::AllOf(HasSubstr("FAIL"), HasSubstr("cannot read")));
}

TEST(Doctor, ADamagedCertificateFails) {
  Ward ward;
  write_file(ward.job.directory.path() / "certs" / "party1" / net::kCertificateFile, "-----BEGIN nothing");
  EXPECT_THAT(ward.alone(1).of("own certificate"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("FIX")));
}

TEST(Doctor, AnotherPlanFails) {
  Ward ward;
  write_file(ward.job.plan_file, plan::serialize(cli::kernel_plan("rep3", "compare", 1001, 20)));
  const auto found = ward.alone(0);
  EXPECT_NE(found.code, 0);
  EXPECT_THAT(found.of("plan"),
              testing::AllOf(HasSubstr("FAIL"), HasSubstr("the job pins"), HasSubstr("FIX")));
}

TEST(Doctor, AnotherJobFails) {
  Ward ward;
  ward.change_job(0, "name = \"job\"", "name = \"another\"");
  for (const auto& found : ward.diagnose({0, 1}, "3")) {
    EXPECT_NE(found.code, 0);
    EXPECT_THAT(found.report.dump(), HasSubstr("another job"));
  }
}

TEST(Doctor, MissingDataAndPlacesFail) {
  Ward ward;
  std::filesystem::remove(ward.job.directory.path() / "x0.npy");
  ward.change_job(0, "[local.\"party0\"]\n",
                  "[local.\"party0\"]\nstore = \"none/model.share\"\nstore_key = \"key\"\n");
  const auto found = ward.alone(0);
  EXPECT_THAT(found.of("input x0"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("x0.npy")));
  EXPECT_THAT(found.of("store"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("none/model.share")));
  EXPECT_THAT(found.of("store key"), HasSubstr("PASS"));
}

TEST(Doctor, APolicyThatForbidsFails) {
  Ward ward;
  const auto policy = ward.job.directory.path() / "policy.toml";
  write_file(policy, "protocols = [\"duo\"]\n");
  ward.change_job(1, "[local.\"party1\"]\n", "[local.\"party1\"]\npolicy = \"" + policy.string() + "\"\n");
  EXPECT_THAT(ward.alone(1).of("policy"), testing::AllOf(HasSubstr("FAIL"), HasSubstr("does not allow")));
}

}  // namespace
}  // namespace sotto::tests
