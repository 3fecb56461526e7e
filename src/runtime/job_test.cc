#include "runtime/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/test_errors.h"
#include "plan/sample_for_tests.h"
#include "runtime/policy.h"

namespace sotto::runtime {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kDigits(64, 'a');

std::string job_text() {
  const auto party = [](const std::string& name, const std::string& role, int port) {
    return "[parties." + name + "]\nrole = \"" + role + "\"\naddress = \"127.0.0.1:" + std::to_string(port) +
           "\"\nfingerprint = \"" + kDigits + "\"\n";
  };
  return "name = \"sums\"\nplan = \"sums.plan\"\ndigest = \"" + kDigits + "\"\nnetwork = \"lan\"\n" +
         party("alice", "rows", 7001) + party("bob", "other", 7002) + party("carol", "helper", 7003) +
         "[reveals]\ntotal = [\"alice\"]\n[local.alice]\nidentity = \"certs/alice\"\ninputs = { rows = "
         "\"r.csv\" }\n";
}

Job job_of(const std::string& text) { return parse_job(text, "job.toml", "/jobs"); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST(Job, ReadsAFile) {
  const Job job = job_of(job_text());
  EXPECT_EQ(job.plan, "/jobs/sums.plan");
  EXPECT_EQ(job.parties.size(), 3u);
  EXPECT_EQ(job.local_of("alice").inputs.at("rows"), "/jobs/r.csv");
  EXPECT_EQ(parties_in_plan_order(job, plan::sample_plan())[2].name, "carol");
}

TEST(Job, SaysWhereAndWhatToDo) {
  const auto error = [](const std::string& text) {
    return error_of(ErrorKind::kUsage, [&] { job_of(text); });
  };
  EXPECT_THAT(
      error(replaced(job_text(), "network", "netwrok")),
      AllOf(HasSubstr("job.toml:4:"), HasSubstr("netwrok is not known"), HasSubstr("Known here are:")));
  EXPECT_THAT(error(replaced(job_text(), "role = \"rows\"", "roll = \"rows\"")),
              HasSubstr("parties.alice lacks \"role\""));
  EXPECT_THAT(error(replaced(job_text(), "\"127.0.0.1:7001\"", "7001")),
              HasSubstr("parties.alice.address must be text"));
  for (const char* address : {"127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "h:-1", ":7001"})
    EXPECT_THAT(error(replaced(job_text(), "127.0.0.1:7001", address)),
                AllOf(HasSubstr("job.toml:7:"), HasSubstr("must be HOST:PORT with a port")));
  EXPECT_THAT(error(replaced(job_text(), "127.0.0.1:7002", "127.0.0.1:7001")),
              HasSubstr("gives address 127.0.0.1:7001 to two parties"));
  EXPECT_THAT(error(replaced(job_text(), "[\"alice\"]", "[\"mallory\"]")),
              HasSubstr("\"mallory\", who is no party"));
  EXPECT_THAT(error("name = \n"), HasSubstr("job.toml:1:"));
  EXPECT_THAT(error(replaced(job_text(), kDigits, "a")), HasSubstr("job.toml:3:10: digest must be 64"));
  EXPECT_THAT(error(replaced(job_text(), "\"other\"", "\"rows\"")),
              HasSubstr("gives role \"rows\" to two parties"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { job_of(job_text()).local_of("bob"); }),
              HasSubstr("[local.bob]"));
}

TEST(Job, AgreementCoversEverythingButLocalFiles) {
  const auto digest = [](const std::string& text) { return to_hex(agreement_digest(job_of(text))); };
  EXPECT_EQ(digest(job_text()), digest(replaced(job_text(), "r.csv", "other.csv")));
  EXPECT_EQ(digest(job_text()), digest(replaced(job_text(), "7001", "7009")));
  EXPECT_NE(digest(job_text()), digest(replaced(job_text(), "[\"alice\"]", "[\"alice\", \"bob\"]")));
  EXPECT_NE(digest(job_text()), digest(replaced(job_text(), "\"sums\"", "\"sumt\"")));
}

TEST(Job, CheckpointsHaveAScheduleAndPlaces) {
  const Job none = job_of(job_text());
  EXPECT_FALSE(none.checkpoint.on());
  const auto text = job_text() + "[checkpoint]\nevery_steps = 100\n";
  const Job job = job_of(text);
  EXPECT_EQ(job.checkpoint.every_steps, 100u);
  EXPECT_EQ(job.local_of("alice").checkpoints, "/jobs/sums.alice.checkpoints");
  EXPECT_EQ(job.local_of("alice").checkpoint_key, "/jobs/certs/alice/checkpoint.key");
  const Job placed =
      job_of(replaced(text, "identity =", "checkpoint = { directory = \"saved\", key = \"k\" }\nidentity ="));
  EXPECT_EQ(placed.local_of("alice").checkpoints, "/jobs/saved");
  EXPECT_EQ(placed.local_of("alice").checkpoint_key, "/jobs/k");
  for (const char* wrong : {"", "every_steps = 0\n", "every_steps = 1.5\n", "every_seconds = -1\n"})
    EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { job_of(job_text() + "[checkpoint]\n" + wrong); }),
                HasSubstr("checkpoint"));
}

// A renewed certificate or another schedule ends no computation; other parties or reveals do.
TEST(Job, AComputationOutlivesCertificates) {
  const auto computation = [](const std::string& text) { return to_hex(computation_digest(job_of(text))); };
  const auto agreement = [](const std::string& text) { return to_hex(agreement_digest(job_of(text))); };
  const auto renewed =
      replaced(job_text(), "fingerprint = \"" + kDigits, "fingerprint = \"" + std::string(64, 'b'));
  const auto scheduled = job_text() + "[checkpoint]\nevery_seconds = 60\n";
  for (const auto& text : {renewed, scheduled}) {
    EXPECT_EQ(computation(text), computation(job_text()));
    EXPECT_NE(agreement(text), agreement(job_text()));
  }
  EXPECT_NE(computation(replaced(job_text(), "[\"alice\"]", "[\"alice\", \"bob\"]")),
            computation(job_text()));
}

TEST(Job, RefusesPlansThatRevealSomethingElse) {
  auto plan = plan::sample_plan();
  plan.mutable_reveals(0)->add_roles(1);
  EXPECT_THAT(error_of(ErrorKind::kPolicy, [&] { parties_in_plan_order(job_of(job_text()), plan); }),
              HasSubstr("reveals \"total\" to alice and bob, the job allows alice"));
  EXPECT_THAT(error_of(ErrorKind::kPolicy,
                       [&] {
                         parties_in_plan_order(job_of(replaced(job_text(), "total = [\"alice\"]", "")),
                                               plan::sample_plan());
                       }),
              HasSubstr("the job allows nobody"));
  EXPECT_THAT(error_of(ErrorKind::kUsage,
                       [&] {
                         parties_in_plan_order(
                             job_of(replaced(job_text(), "total =", "sum = [\"bob\"]\ntotal =")),
                             plan::sample_plan());
                       }),
              HasSubstr("lists \"sum\", which the plan does not reveal"));
}

protocols::Table table(protocols::Model model) { return protocols::Table("rep3", 3, model, {}); }

TEST(Policy, ForbidsWhatItDoesNotList) {
  const auto plan = plan::sample_plan();
  const auto parties = parties_in_plan_order(job_of(job_text()), plan);
  const auto enforced = [&](const std::string& text, protocols::Model model = protocols::Model::kSemiHonest) {
    return error_of(ErrorKind::kPolicy, [&] {
      enforce(parse_policy(text, "policy.toml"), plan, table(model), parties, "alice");
    });
  };
  const std::string good = "inputs = [\"rows\"]\n[reveals]\ntotal = [\"alice\"]\n";
  EXPECT_EQ(enforced(good), "no error");
  EXPECT_THAT(enforced(replaced(good, "\"alice\"", "\"bob\"")),
              HasSubstr("\"total\" to be revealed to alice"));
  EXPECT_THAT(enforced(replaced(good, "\"rows\"", "")), HasSubstr("use of its input \"rows\""));
  EXPECT_THAT(enforced("protocols = [\"duo\"]\n" + good), HasSubstr("does not allow protocol rep3"));
  EXPECT_THAT(enforced(good, protocols::Model::kPlain), HasSubstr("weaker"));
  EXPECT_EQ(enforced("security = \"plain\"\n" + good, protocols::Model::kPlain), "no error");
  enforce(Policy{}, plan, table(protocols::Model::kSemiHonest), parties, "alice");
}

TEST(Policy, RefusesUnknownKeys) {
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { parse_policy("reveal = 3", "policy.toml"); }),
              HasSubstr("policy.toml:1:"));
}

TEST(Examples, AreJobsAndPolicies) {
  const std::filesystem::path examples = std::filesystem::path(SOTTO_SOURCE_DIR) / "examples";
  const Job job = load_job(examples / "mnist_a.job.toml");
  EXPECT_EQ(job.parties.size(), 3u);
  EXPECT_EQ(job.local_of("hospital").inputs.size(), 2u);
  EXPECT_EQ(load_policy(examples / "hospital.policy.toml").reveals->size(), 2u);
  const Job prediction = load_job(examples / "mnist_a.predict.toml");
  for (const auto& party : job.parties)
    EXPECT_EQ(prediction.local_of(party.name).load, job.local_of(party.name).store) << party.name;
}

bool survives(const std::string& text) {
  try {
    agreement_digest(job_of(text));
  } catch (const Error& error) {
    return error.kind() == ErrorKind::kUsage;
  }
  return true;
}

TEST(Job, SurvivesTruncationAndMutation) {
  const std::string text = job_text();
  for (std::size_t length = 0; length < text.size(); ++length) ASSERT_TRUE(survives(text.substr(0, length)));
  std::mt19937_64 random(1);
  for (int i = 0; i < 5000; ++i) {
    std::string changed = text;
    for (int k = 0; k < 3; ++k) changed[random() % changed.size()] = static_cast<char>(random());
    ASSERT_TRUE(survives(changed)) << i;
  }
}

}  // namespace
}  // namespace sotto::runtime
