#include "learn/linear/own_model.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto::learn {
namespace {

OwnModel sample() {
  return {.job = "credit",
          .party = "bank",
          .kind = Regression::kLinear,
          .sharing = "00ff",
          .columns = {"age", "a \"quoted\" name"},
          .scalings = {{41.5, 11.25}, {0.1, 1e-7}},
          .label = {3, 2},
          .weights = {0.25, -0x1.23456789abcdep-3},
          .intercept = -1.0 / 3};
}

std::string refusal(const std::string& text) {
  try {
    parse_own_model(text, "model.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kData);
    return error.message();
  }
  return "";
}

TEST(OwnModel, IsReadAsItWasWritten) {
  const auto model = sample(), read = parse_own_model(to_text(model), "model.json");
  EXPECT_EQ(read.job, model.job);
  EXPECT_EQ(read.party, model.party);
  EXPECT_EQ(read.kind, model.kind);
  EXPECT_EQ(read.sharing, model.sharing);
  EXPECT_EQ(read.columns, model.columns);
  EXPECT_EQ(read.weights, model.weights);
  EXPECT_EQ(read.intercept, model.intercept);
  EXPECT_EQ(read.label.deviation, 2);
  ASSERT_EQ(read.scalings.size(), 2u);
  EXPECT_EQ(read.scalings[0].mean, 41.5);
  EXPECT_EQ(read.scalings[1].deviation, 1e-7);
}

TEST(OwnModel, SecretWeightsAreNotInIt) {
  auto model = sample();
  model.weights.clear();
  EXPECT_TRUE(parse_own_model(to_text(model), "model.json").weights.empty());
}

TEST(OwnModel, WhatIsDamagedIsNamed) {
  const auto text = to_text(sample());
  const auto edited = [&](const std::string& was, const std::string& becomes) {
    auto copy = text;
    return copy.replace(copy.find(was), was.size(), becomes);
  };
  EXPECT_EQ(refusal(text.substr(0, text.size() / 2)), "model.json is damaged: it is no JSON object");
  EXPECT_EQ(refusal("[1]"), "model.json is damaged: it is no JSON object");
  EXPECT_EQ(refusal(edited("\"format\": 1", "\"format\": 2")),
            "model.json is damaged: it is not of format 1");
  EXPECT_EQ(refusal(edited("\"linear\"", "\"cubic\"")),
            "model.json is damaged: its kind is neither logistic nor linear");
  EXPECT_EQ(refusal(edited("11.25", "0")), "model.json is damaged: a deviation is not positive");
  EXPECT_EQ(refusal(edited("11.25", "1e999")), "model.json is damaged: it is no JSON object");
  EXPECT_EQ(refusal(edited("41.5", "\"41\"")), "model.json is damaged: \"mean\" is no number");
  EXPECT_EQ(refusal(edited("\"weight\": 0.25", "\"was\": 0.25")),
            "model.json is damaged: some columns have a weight and others none");
  EXPECT_EQ(refusal(edited("\"party\"", "\"parties\"")), "model.json is damaged: \"party\" is missing");
}

TEST(KeptRows, AreReadAsTheyWereWritten) {
  const KeptRows kept{"may", "shop", "aa", 12, digest_of_rows({"a", "b"}), {1, 2}};
  const auto read = parse_kept_rows(to_text(kept), "kept.json");
  EXPECT_EQ(read.job, "may");
  EXPECT_EQ(read.rows, 12u);
  EXPECT_EQ(read.ids, kept.ids);
  EXPECT_EQ(read.label.deviation, 2);
  EXPECT_NE(digest_of_rows({"b", "a"}), kept.ids);
  EXPECT_NE(digest_of_rows({"ab"}), digest_of_rows({"a", "b"}));
  EXPECT_EQ(digest_of_rows({}), "");
}

}  // namespace
}  // namespace sotto::learn
