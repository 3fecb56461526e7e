// `sotto learn` as two organisations use it, up to where a plan is made: what a data scientist may get wrong
// is said at the party concerned, with the place and the remedy, and at both where it is about both.
#include <gmock/gmock.h>

#include "base/error.h"
#include "local_job.h"
#include "net/socket.h"

namespace sotto::tests {
namespace {

using testing::HasSubstr;

class LearnCommand : public ::testing::Test {
 protected:
  LearnCommand() {
    bank_ = "id,age,default\n", shop_ = "id,spent\n";
    for (int row = 0; row < 40; ++row) {
      bank_ +=
          "c" + std::to_string(row) + "," + std::to_string(20 + row) + "," + std::to_string(row % 2) + "\n";
      shop_ += "c" + std::to_string(row) + "," + std::to_string(row * row) + "\n";
    }
    std::vector<net::Socket> held;
    for (const char* name : {"bank", "shop"}) {
      held.push_back(net::listen_on({"127.0.0.1", 0}));
      const auto identity = net::Identity::create(directory_.path() / name, name);
      parties_ += "[parties." + std::string(name) +
                  "]\naddress = \"127.0.0.1:" + std::to_string(net::local_port(held.back())) +
                  "\"\nfingerprint = \"" + net::hex(identity.fingerprint()) + "\"\n";
    }
  }

  std::filesystem::path write_job(const std::string& file, const std::string& training) {
    write_file(directory_.path() / "bank.csv", bank_);
    write_file(directory_.path() / "shop.csv", shop_);
    const auto local = [](const std::string& name, const std::string& more) {
      return "[local." + name + "]\nidentity = \"" + name + "\"\ncsv = \"" + name +
             ".csv\"\nresults = \"out/" + name + "\"\n" + more;
    };
    write_file(directory_.path() / file,
               "name = \"test\"\n" + parties_ +
                   "[timeouts]\nconnect = 3\n[training]\nlabel_at = \"bank\"\nbatch = 8\n" + training +
                   local("bank", bank_local_) + local("shop", shop_local_));
    return directory_.path() / file;
  }

  // Both parties, each with its job file; what they wrote to standard error, and their exit codes.
  static Outcome run(const std::filesystem::path& banks, const std::filesystem::path& shops) {
    std::vector<cli::Launch> launches;
    for (const auto& [name, job] : {std::pair{"bank", banks}, {"shop", shops}})
      launches.push_back({name, "sotto", {"learn", "logistic", "--job", job.string(), "--as", name}});
    Outcome outcome;
    cli::Watch watch;
    watch.on_error_line = [&](const std::string& name, const std::string& line) {
      outcome.errors[name] += line + "\n";
    };
    outcome.ended = cli::run_processes(launches, watch);
    return outcome;
  }
  Outcome run() {
    const auto job = write_job("job.toml", "");
    return run(job, job);
  }

  cli::ScratchDirectory directory_;
  std::string bank_, shop_, parties_;
  std::string bank_local_ = "id = \"id\"\nlabel = \"default\"\n", shop_local_ = "id = \"id\"\n";
};

constexpr int kData = static_cast<int>(ErrorKind::kData), kUsage = static_cast<int>(ErrorKind::kUsage);

TEST_F(LearnCommand, TablesInAnotherOrderAreRefusedAtBoth) {
  shop_ = replaced(replaced(shop_, "c3,9\n", ""), "c4,16\n", "c4,16\nc3,9\n");
  const auto outcome = run();
  for (std::size_t party : {0, 1}) EXPECT_EQ(outcome.ended[party].exit_code, kData);
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("the id columns of bank and shop differ"));
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("bank.csv"));
  EXPECT_THAT(outcome.errors.at("shop"), HasSubstr("the id columns of bank and shop differ"));
  EXPECT_THAT(outcome.errors.at("shop"), HasSubstr("sort them by their ids"));
}

TEST_F(LearnCommand, TablesOfOtherLengthsAreRefusedAtBoth) {
  shop_ += "c40,1\n";
  const auto outcome = run();
  for (std::size_t party : {0, 1}) EXPECT_EQ(outcome.ended[party].exit_code, kData);
  for (const char* name : {"bank", "shop"})
    EXPECT_THAT(outcome.errors.at(name), HasSubstr("the tables of bank and shop have 40 and 41 rows"));
}

TEST_F(LearnCommand, WhatIsWrongWithATableIsSaidWhereItIs) {
  shop_ = replaced(shop_, "c5,25", "c5,much");
  auto outcome = run();
  EXPECT_EQ(outcome.ended[1].exit_code, kData);
  EXPECT_THAT(outcome.errors.at("shop"),
              HasSubstr("shop.csv:7: column \"spent\" holds text where a number must stand"));
  EXPECT_EQ(outcome.errors.at("bank").find("much"), std::string::npos);
  EXPECT_EQ(outcome.errors.at("shop").find("much"), std::string::npos);
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("shop"));
}

TEST_F(LearnCommand, MissingLabelsAndColumnsAreNamed) {
  bank_local_ = "id = \"id\"\nlabel = \"defaulted\"\n";
  auto outcome = run();
  EXPECT_EQ(outcome.ended[0].exit_code, kUsage);
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("has no column \"defaulted\", which `label` names"));
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("Its columns are id, age, default."));
}

TEST_F(LearnCommand, PartiesMustAgreeOnTheTraining) {
  const auto outcome = run(write_job("banks.toml", "epochs = 3\n"), write_job("shops.toml", "epochs = 4\n"));
  for (const auto& party : outcome.ended) EXPECT_EQ(party.exit_code, static_cast<int>(ErrorKind::kIdentity));
  EXPECT_THAT(outcome.errors.at("bank"), HasSubstr("job"));
}

}  // namespace
}  // namespace sotto::tests
