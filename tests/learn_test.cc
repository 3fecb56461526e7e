// `sotto learn` as two organisations use it. What a data scientist may get wrong is said at the party
// concerned, with the place and the remedy, and at both where it is about both; a training that a party was
// lost in goes on.
#include <gmock/gmock.h>

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

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
  static Outcome run(const std::filesystem::path& banks, const std::filesystem::path& shops,
                     const std::vector<std::string>& flags = {},
                     const std::function<void(const std::vector<int>&)>& on_started = {}) {
    std::vector<cli::Launch> launches;
    for (const auto& [name, job] : {std::pair{"bank", banks}, {"shop", shops}}) {
      launches.push_back({name, "sotto", {"learn", "logistic", "--job", job.string(), "--as", name}});
      auto& words = launches.back().arguments;
      words.insert(words.end(), flags.begin(), flags.end());
    }
    Outcome outcome;
    cli::Watch watch;
    watch.on_started = on_started;
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

// Ages below 40 are no default: weights grow with every step, so that a lost one shows.
class LearnResumed : public LearnCommand {
 protected:
  LearnResumed() {
    bank_ = "id,age,default\n";
    for (int row = 0; row < 40; ++row)
      bank_ +=
          "c" + std::to_string(row) + "," + std::to_string(20 + row) + "," + (row < 20 ? "0" : "1") + "\n";
  }

  std::filesystem::path job() {
    return write_job("job.toml",
                     "epochs = 20\nlearning_rate = 0.05\ncurve = true\n[checkpoint]\nevery_steps = 10\n"
                     "[reveals]\nmodel = \"own\"\nmetrics = [\"bank\"]\n");
  }

  std::size_t checkpoints() const {
    std::size_t count = 0;
    std::error_code none_yet;
    const auto place = directory_.path() / "out/bank/work/test.bank.checkpoints";
    for (const auto& entry : std::filesystem::directory_iterator(place, none_yet))
      count += entry.path().extension() == ".checkpoint" ? 1 : 0;
    return count;
  }

  // Once the first party has two checkpoints, the second is killed.
  Outcome run_and_kill(const std::filesystem::path& job) {
    std::thread watcher;
    std::atomic<bool> over = false;
    const auto outcome = run(job, job, {}, [&](const std::vector<int>& pids) {
      watcher = std::thread([&, pids] {
        while (!over && checkpoints() < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        if (!over) ::kill(pids[1], SIGKILL);
      });
    });
    over = true;
    watcher.join();
    return outcome;
  }

  // Trained weights of a party, in its model's order.
  std::vector<double> weights(const std::string& party) const {
    const auto text = read_file(directory_.path() / "out" / party / "model.csv");
    std::istringstream lines(text);
    std::vector<double> found;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
      const auto second = line.find(',', line.find(',') + 1);
      found.push_back(std::stod(line.substr(second + 1)));
    }
    return found;
  }
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

TEST_F(LearnResumed, TheModelAndItsCurveAreAsIfNothingHadHappened) {
  if (!std::filesystem::exists(SOTTO_BINARY_DIR "/sotto-compile"))
    GTEST_SKIP() << "this build is without the compiler";
  const auto file = job();
  const auto undisturbed = run(file, file, {"--json"});
  for (const auto& party : undisturbed.ended) ASSERT_EQ(party.exit_code, 0);
  const std::map<std::string, std::vector<double>> expected{{"bank", weights("bank")},
                                                            {"shop", weights("shop")}};
  EXPECT_GT(expected.at("bank").front(), 0.5);  // it has learnt
  const auto curve = [](const Outcome& outcome) {
    return nlohmann::json::parse(outcome.ended[0].output).at("learnt").at("metrics").at("loss");
  };
  std::filesystem::remove_all(directory_.path() / "out");

  const auto killed = run_and_kill(file);
  ASSERT_NE(killed.ended[1].exit_code, 0) << "the run was over before it could be hurt";
  EXPECT_EQ(killed.ended[0].exit_code, static_cast<int>(ErrorKind::kPeer));
  EXPECT_THAT(killed.errors.at("bank"), HasSubstr("shop"));
  EXPECT_THAT(killed.errors.at("bank"), HasSubstr("start all parties again with --resume"));

  const auto resumed = run(file, file, {"--json", "--resume"});
  for (const auto& party : resumed.ended) ASSERT_EQ(party.exit_code, 0) << resumed.errors.at(party.name);
  const auto after = nlohmann::json::parse(resumed.ended[0].output).at("run").at("resumed_after");
  EXPECT_GE(after.get<int>(), 10);
  // A step moves the bank's weight by more than 0.008 even at the end; truncations round otherwise in a
  // session with other keys, by 2^-18 each.
  constexpr double kRoundings = 2e-4;
  for (const auto& [party, values] : expected) {
    const auto actual = weights(party);
    ASSERT_EQ(actual.size(), values.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(actual[i], values[i], kRoundings) << party;
  }
  ASSERT_EQ(curve(resumed).size(), 20u);
  for (std::size_t epoch = 0; epoch < 20; ++epoch)
    EXPECT_NEAR(curve(resumed)[epoch].get<double>(), curve(undisturbed)[epoch].get<double>(), 1e-3) << epoch;
}

// Another job's checkpoints are not gone on from.
TEST_F(LearnResumed, WithoutCheckpointsThereIsNothingToGoOnFrom) {
  if (!std::filesystem::exists(SOTTO_BINARY_DIR "/sotto-compile"))
    GTEST_SKIP() << "this build is without the compiler";
  const auto file = job();
  const auto outcome = run(file, file, {"--resume"});
  for (const auto& party : outcome.ended) {
    EXPECT_NE(party.exit_code, 0);
    EXPECT_THAT(outcome.errors.at(party.name), HasSubstr("checkpoint"));
  }
}

}  // namespace
}  // namespace sotto::tests
