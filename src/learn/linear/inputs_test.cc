#include "learn/linear/inputs.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "base/error.h"
#include "learn/linear/outcome.h"
#include "nlohmann/json.hpp"
#include "runtime/data.h"

namespace sotto::learn {
namespace {

class LinearInputs : public ::testing::Test {
 protected:
  LinearInputs() {
    directory_ = std::filesystem::path(::testing::TempDir()) /
                 ("inputs_" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::create_directories(directory_);
    job_.name = "test";
    job_.parties = {{.name = "bank", .address = "a:1", .fingerprint = ""},
                    {.name = "shop", .address = "a:2", .fingerprint = ""}};
    job_.training.label_at = "bank";
    job_.training.batch = 4;
    job_.training.holdout = 0.5;
    auto& local = job_.local["bank"];
    local.csv = directory_ / "bank.csv";
    local.results = directory_;
    local.layout.id = "id";
    local.layout.label = "y";
  }
  ~LinearInputs() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& text) { std::ofstream(directory_ / "bank.csv") << text; }
  // Rows 0 to 15 with x = row, y = whether the row is a multiple of three.
  void write_rows(const char* yes = "1", const char* no = "0") {
    std::string text = "id,x,y\n";
    for (int row = 0; row < 16; ++row)
      text += "r" + std::to_string(row) + "," + std::to_string(row) + "," + (row % 3 == 0 ? yes : no) + "\n";
    write(text);
  }
  LinearSize size() const { return size_of(job_, {"bank"}, {1}, 16); }
  std::vector<double> numbers(const std::map<std::string, std::filesystem::path>& files,
                              const std::string& name) {
    const auto tensor = runtime::parse_numbers(runtime::read_packed_file(files.at(name)));
    std::vector<double> values;
    for (std::size_t i = 0; i < tensor.size(); ++i) values.push_back(tensor.at(i));
    return values;
  }
  std::string refusal() {
    try {
      read_own_table(job_, "bank");
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  }

  std::filesystem::path directory_;
  LinearJob job_;
};

TEST_F(LinearInputs, AreTheRowsOfTheSplit) {
  write_rows();
  const auto own = read_own_table(job_, "bank");
  EXPECT_EQ(own.facts.rows, 16u);
  EXPECT_EQ(own.facts.features, 1u);
  const auto files = write_inputs(job_, size(), "bank", own, directory_);
  const auto labels = numbers(files, kLabels), x = numbers(files, "x.bank"),
             held = numbers(files, "test.x.bank");
  ASSERT_EQ(labels.size(), 8u);
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(labels[i], own.split.training[i] % 3 == 0 ? 1 : 0);
    sum += x[i];
    squares += x[i] * x[i];
    const double value = (own.split.test[i] - own.scalings[0].mean) / own.scalings[0].deviation;
    EXPECT_NEAR(held[i], value, 1e-12);
  }
  EXPECT_NEAR(sum, 0, 1e-12);
  EXPECT_NEAR(squares, 8, 1e-9);
}

// Sums of Y's last columns over the rows of one class are the number of rows: rates need no division.
TEST_F(LinearInputs, MeasuringMatrixMakesRatesOfSums) {
  write_rows();
  const auto own = read_own_table(job_, "bank");
  auto padded = size();
  padded.padded_test_rows = 11;
  const auto y = numbers(write_inputs(job_, padded, "bank", own, directory_), "test.measures");
  ASSERT_EQ(y.size(), 11u * 4);
  double positives = 0, rows = 0, tpr = 0, fpr = 0;
  for (std::size_t row = 0; row < 11; ++row) {
    positives += y[row * 4];
    rows += y[row * 4 + 1];
    tpr += y[row * 4 + 2];
    fpr += y[row * 4 + 3];
  }
  double expected = 0;
  for (auto row : own.split.test) expected += row % 3 == 0;
  EXPECT_EQ(positives, expected);
  EXPECT_EQ(rows, 8);
  EXPECT_NEAR(tpr, 8, 1e-12);
  EXPECT_NEAR(fpr, 8, 1e-12);
}

TEST_F(LinearInputs, BalancedWeightsAreThoseOfScikitLearn) {
  job_.training.balanced = true;
  write_rows();
  const auto own = read_own_table(job_, "bank");
  const auto files = write_inputs(job_, size(), "bank", own, directory_);
  const auto weights = numbers(files, kRowWeights), labels = numbers(files, kLabels);
  double positives = 0;
  for (auto row : own.split.training) positives += row % 3 == 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool yes = own.split.training[i] % 3 == 0;
    EXPECT_NEAR(weights[i], 8 / (2 * (yes ? positives : 8 - positives)), 1e-12);
    EXPECT_NEAR(labels[i], yes ? weights[i] : 0, 1e-12);
  }
}

TEST_F(LinearInputs, LabelsMayBeSigns) {
  write_rows("1", "-1");
  const auto own = read_own_table(job_, "bank");
  EXPECT_EQ(own.table.labels[0], 1);
  EXPECT_EQ(own.table.labels[1], 0);
}

TEST_F(LinearInputs, AreRefusedWithWhatIsWrong) {
  write_rows("2", "0");
  EXPECT_EQ(refusal(), (directory_ / "bank.csv").string() +
                           " has a label in row 1 (column \"y\") that is neither 0 nor 1");
  write_rows("1", "1");
  EXPECT_NE(refusal().find("too few training rows with label 0 (column \"y\")"), std::string::npos)
      << refusal();
  job_.training.batch = 9;
  write_rows();
  EXPECT_NE(refusal().find("gives 8 training rows, and a batch is 9"), std::string::npos) << refusal();
  write("id,x,y\n");
  EXPECT_NE(refusal().find("has a header and no rows"), std::string::npos) << refusal();
}

// y = 3 + 2 x exactly: whatever was trained on scaled columns must say so in the table's units.
TEST_F(LinearInputs, ModelGoesBackToTheUnitsOfTheTable) {
  job_.kind = Regression::kLinear;
  job_.reveals.model = true;
  std::string text = "id,x,y\n";
  for (int row = 0; row < 16; ++row)
    text += "r" + std::to_string(row) + "," + std::to_string(row * 5) + "," +
            std::to_string(3 + 2 * row * 5) + "\n";
  write(text);
  const auto own = read_own_table(job_, "bank");
  // On scaled columns the same line has slope 1 and no intercept.
  const double slope = 1, none = 0;
  runtime::write_npy(output_file(directory_, "weights.bank"), {1, 1}, std::span(&slope, 1));
  runtime::write_npy(output_file(directory_, kIntercept), {1}, std::span(&none, 1));
  const nlohmann::json report{{"outputs", nlohmann::json::object()}, {"phases", nlohmann::json::array()}};
  write_outcome(job_, "bank", own, size(), report, directory_);
  std::ifstream file(directory_ / "model.csv");
  std::string header, x, intercept;
  std::getline(file, header);
  std::getline(file, x);
  std::getline(file, intercept);
  EXPECT_TRUE(x.starts_with("x,2,1,")) << x;
  EXPECT_NEAR(std::stod(intercept.substr(intercept.find(',') + 1)), 3, 1e-9) << intercept;
}

TEST(LinearThresholds, AreSymmetricAndRising) {
  const auto found = thresholds(64);
  ASSERT_EQ(found.size(), 64u);
  for (std::size_t i = 1; i < 64; ++i) EXPECT_LT(found[i - 1], found[i]);
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(found[i], -found[63 - i]);
  EXPECT_EQ(thresholds(3)[1], 0);
}

TEST(LinearSizes, BatchesOfTestRowsAreEqualAndFew) {
  LinearJob job;
  job.training.holdout = 0.5;
  const auto size = size_of(job, {"bank"}, {3}, 20002);
  EXPECT_EQ(size.rows, 10001);
  EXPECT_EQ(size.test_rows, 10001);
  EXPECT_EQ(size.padded_test_rows % size.test_batch, 0);
  EXPECT_LT(size.padded_test_rows - size.test_rows, 3);
}

}  // namespace
}  // namespace sotto::learn
