#include "learn/linear/prediction_job.h"

#include <gmock/gmock.h>

#include <fstream>

#include "base/error.h"

namespace sotto::learn {
namespace {

using testing::HasSubstr;

class PredictionJob : public ::testing::Test {
 protected:
  PredictionJob() {
    std::filesystem::create_directories(directory_);
    write("fit.toml", R"(name = "fit"
[parties.bank]
address = "127.0.0.1:7001"
fingerprint = "aa"
[parties.shop]
address = "127.0.0.1:7002"
fingerprint = "bb"
[training]
label_at = "bank"
class_weights = [1, 3]
early_stop = { patience = 2 }
[reveals]
metrics = ["shop"]
model = "own"
[local.bank]
identity = "certs/bank"
csv = "bank.csv"
id = "customer"
label = "default"
results = "fit"
store = "bank.share"
store_key = "bank.key"
)");
  }
  ~PredictionJob() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& file, const std::string& text) { std::ofstream(directory_ / file) << text; }
  LinearJob load(const std::string& head, const std::string& bank = "") {
    write("may.toml", "name = \"may\"\nkind = \"logistic\"\n" + head +
                          "[local.bank]\ncsv = \"may.csv\"\nresults = \"out\"\n" + bank);
    return load_prediction_job(directory_ / "may.toml");
  }
  std::string refusal(const std::string& head, const std::string& bank = "") {
    try {
      load(head, bank);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      return error.message();
    }
    return "";
  }

  std::filesystem::path directory_ =
      std::filesystem::path(::testing::TempDir()) /
      ("prediction_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

const std::string kTrained = "trained = \"fit.toml\"\n", kLearns = "[reveals]\npredictions = [\"bank\"]\n";

TEST_F(PredictionJob, HasWhatItDoesNotSayFromTheTraining) {
  const auto job = load(kTrained + kLearns);
  EXPECT_EQ(job.name, "may");
  EXPECT_EQ(job.protocol, "duo");
  EXPECT_EQ(job.applied->trained, "fit");
  EXPECT_EQ(job.applied->scores, Scores::kOwn);
  EXPECT_EQ(job.training.holdout, 0);
  EXPECT_FALSE(job.training.every_epoch());
  EXPECT_FALSE(job.training.weighted());
  EXPECT_TRUE(job.reveals.metrics.empty());
  EXPECT_FALSE(job.reveals.model);
  const auto& bank = job.local_of("bank");
  EXPECT_EQ(bank.identity, directory_ / "certs/bank");
  EXPECT_EQ(bank.csv, directory_ / "may.csv");
  EXPECT_EQ(bank.layout.id, "customer");
  EXPECT_EQ(bank.earlier_results, directory_ / "fit");
  EXPECT_FALSE(bank.load);
  EXPECT_FALSE(job.labels_from("bank"));
}

TEST_F(PredictionJob, SharesAreThoseThatTheTrainingStored) {
  const auto job = load(kTrained + "model = \"secret\"\n" + kLearns);
  EXPECT_EQ(job.applied->scores, Scores::kStored);
  EXPECT_EQ(job.local_of("bank").load, directory_ / "bank.share");
  EXPECT_EQ(job.local_of("bank").load_key, directory_ / "bank.key");
  EXPECT_FALSE(job.local_of("bank").store);
}

TEST_F(PredictionJob, KeptScoresAreThoseOfAnotherPrediction) {
  write("kept.toml",
        "name = \"kept\"\nkind = \"logistic\"\nkeep = true\n" + kTrained +
            "[local.bank]\ncsv = \"may.csv\"\nresults = \"kept\"\nstore = \"scores\"\nstore_key = \"key\"\n");
  const auto job = load("predicted = \"kept.toml\"\n[reveals]\nmetrics = [\"shop\"]\n");
  EXPECT_EQ(job.applied->scores, Scores::kKept);
  EXPECT_EQ(job.applied->earlier, "kept");
  EXPECT_EQ(job.applied->trained, "fit");
  EXPECT_EQ(job.local_of("bank").load, directory_ / "scores");
  EXPECT_EQ(job.local_of("bank").earlier_results, directory_ / "kept");
  EXPECT_EQ(job.local_of("bank").layout.label, "default");
  EXPECT_TRUE(job.labels_from("bank"));
}

// Parties with different trainings or different wishes are none of one job.
TEST_F(PredictionJob, AgreementIsAboutTheTrainingToo) {
  const auto first = agreement_of(load(kTrained + kLearns));
  EXPECT_NE(first, agreement_of(load(kTrained + "model = \"secret\"\n" + kLearns)));
  std::string text;
  std::getline(std::ifstream(directory_ / "fit.toml"), text, '\0');
  write("fit.toml", text.replace(text.find("[1, 3]"), 6, "[1, 4]"));
  EXPECT_NE(first, agreement_of(load(kTrained + kLearns)));
}

TEST_F(PredictionJob, WhatDoesNotBelongTogetherIsNamed) {
  EXPECT_THAT(refusal(kLearns), HasSubstr("needs one of trained = \"JOB.toml\" and predicted"));
  EXPECT_THAT(refusal(kTrained + "predicted = \"fit.toml\"\n" + kLearns), HasSubstr("needs one of"));
  EXPECT_THAT(refusal(kTrained), HasSubstr("gives nobody anything"));
  EXPECT_THAT(refusal(kTrained + "keep = true\n"), HasSubstr("needs store and store_key, for what is kept"));
  EXPECT_THAT(refusal(kTrained + kLearns, "store = \"a\"\nstore_key = \"b\"\n"),
              HasSubstr("names a store, but nothing is kept"));
  EXPECT_THAT(refusal(kTrained + "[reveals]\npredictions = [\"club\"]\n"),
              HasSubstr("names \"club\", who is no party"));
  EXPECT_THAT(refusal(kTrained + kLearns + "[local.club]\nresults = \"x\"\n"),
              HasSubstr("of whom fit.toml has no [local] table"));
  EXPECT_THAT(refusal(kTrained + "kindred = 1\n" + kLearns), HasSubstr("kindred"));
  EXPECT_THAT(refusal(kTrained + kLearns + "[checkpoint]\nevery_steps = 3\n"),
              HasSubstr("a prediction is short"));
  std::string text;
  std::getline(std::ifstream(directory_ / "fit.toml"), text, '\0');
  write("fit.toml", text.replace(text.find("model = \"own\""), 13, "model = \"secret\""));
  EXPECT_THAT(refusal(kTrained + "model = \"own\"\n" + kLearns), HasSubstr("fit.toml revealed no weights"));
  write("fit.toml", text.erase(text.find("store =")));
  EXPECT_THAT(refusal(kTrained + kLearns), HasSubstr("fit.toml stored none"));
}

}  // namespace
}  // namespace sotto::learn
