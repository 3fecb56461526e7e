// Regressions of learn/linear, compiled and run on `plain`, among three parties and between two: against the
// same descent in double precision, closed forms, and measures by their definitions.
#include <gtest/gtest.h>

#include <cmath>
#include <mutex>
#include <numeric>

#include "frontends/stablehlo/read.h"
#include "learn/linear/program.h"
#include "passes/pipeline.h"
#include "passes/reference/reference.h"
#include "plan/permutation.h"
#include "plan/splitmix.h"
#include "runtime/in_process_for_tests.h"

namespace sotto::tests {
namespace {

using learn::LinearJob;
using learn::LinearSize;
using learn::Regression;

constexpr int kFeatures[2] = {3, 2};
constexpr int kAll = 5;

// Rows of five columns, and labels that follow them with noise.
struct Rows {
  std::vector<std::vector<double>> x;
  std::vector<double> y;
};

Rows draw_rows(std::int64_t count, Regression kind, std::uint64_t seed) {
  plan::SplitMix random(seed);
  const double truth[kAll] = {1.2, -0.7, 0.4, 0.9, -1.1};
  Rows rows;
  for (std::int64_t row = 0; row < count; ++row) {
    std::vector<double> x;
    double score = 0.3;
    for (double weight : truth) {
      // Sixteen fraction bits: what encoding loses is not what is tested.
      x.push_back(std::nearbyint((4 * random.unit() - 2) * 65536) / 65536);
      score += weight * x.back();
    }
    const double noise = random.unit();
    rows.y.push_back(kind == Regression::kLinear ? std::nearbyint((score / 4 + noise - 0.5) * 65536) / 65536
                                                 : noise < 1 / (1 + std::exp(-score)));
    rows.x.push_back(std::move(x));
  }
  return rows;
}

double mean_score(const std::vector<double>& x, const std::vector<double>& weights) {
  return std::inner_product(x.begin(), x.end(), weights.begin(), weights.back());
}

// Weights of the columns, and the intercept last.
std::vector<double> descend(const LinearJob& job, const LinearSize& size, const Rows& rows) {
  const auto& training = job.training;
  std::vector<double> weights(kAll + 1, 0.0), moves(kAll + 1, 0.0);
  const auto [w0, w1] = training.class_weights.value_or(std::pair{1.0, 1.0});
  const auto count = static_cast<std::uint64_t>(size.rows), batch = static_cast<std::uint64_t>(size.batch);
  for (std::int64_t epoch = 0; epoch < training.epochs; ++epoch) {
    const auto order = plan::row_order(count, training.seed, static_cast<std::uint64_t>(epoch));
    for (std::uint64_t step = 0; step * batch < count; ++step) {
      std::vector<double> slope(kAll + 1, 0.0);
      for (auto row : plan::batch_rows(order, step, batch)) {
        const double z = mean_score(rows.x[row], weights);
        const double guess = job.kind == Regression::kLogistic ? 1 / (1 + std::exp(-z)) : z;
        const double error = (rows.y[row] == 1 ? w1 : w0) * (guess - rows.y[row]);
        for (int i = 0; i < kAll; ++i) slope[i] += error * rows.x[row][i] / static_cast<double>(batch);
        slope[kAll] += error / static_cast<double>(batch);
      }
      for (int i = 0; i <= kAll; ++i) {
        const double penalty = i < kAll ? training.l2 * weights[i] : 0;
        moves[i] = training.momentum * moves[i] + training.learning_rate * (slope[i] + penalty);
        weights[i] -= moves[i];
      }
    }
  }
  return weights;
}

class TrainedRegression {
 public:
  TrainedRegression(LinearJob job, const std::string& protocol, std::int64_t rows, std::int64_t test_rows)
      : job_(std::move(job)),
        rows_(draw_rows(rows, job_.kind, 1)),
        test_(draw_rows(test_rows, job_.kind, 2)) {
    size_ = {.owners = {"a", "b"},
             .features = {kFeatures[0], kFeatures[1]},
             .rows = rows,
             .test_rows = test_rows,
             .batch = std::min(job_.training.batch, rows)};
    // Two batches of test rows, the second filled up.
    size_.test_batch = (test_rows + 2) / 2;
    size_.padded_test_rows = 2 * size_.test_batch;
    job_.reveals.predictions = {"a"};
    compile(protocol);
    run();
  }

  const Rows& rows() const { return rows_; }
  const Rows& test() const { return test_; }
  std::vector<double> expected_weights() const { return descend(job_, size_, rows_); }
  // As opened, the last.
  double output(const std::string& name) const { return outputs_.at(name).back().values.at(0); }
  std::size_t openings(const std::string& name) const { return outputs_.at(name).size(); }
  std::vector<double> weights() const {
    std::vector<double> all;
    for (const char* name : {"weights.a", "weights.b", "intercept"})
      for (double value : outputs_.at(name).back().values) all.push_back(value);
    return all;
  }
  std::vector<double> predictions() const {
    std::vector<double> all;
    for (const auto& batch : outputs_.at("predictions"))
      all.insert(all.end(), batch.values.begin(), batch.values.end());
    all.resize(test_.y.size());
    return all;
  }

 private:
  void add(const std::string& name, std::int64_t rows, std::int64_t columns,
           const std::function<double(std::size_t, std::size_t)>& value) {
    ir::Array array(ir::ElementType::kF32, {rows, columns});
    for (std::size_t row = 0; row < static_cast<std::size_t>(rows); ++row)
      for (std::size_t column = 0; column < static_cast<std::size_t>(columns); ++column)
        array.as<float>()[row * static_cast<std::size_t>(columns) + column] =
            static_cast<float>(value(row, column));
    data_.insert_or_assign(name, std::move(array));
  }

  void make_data() {
    const auto at = [](const Rows& rows, std::size_t row, std::size_t column) {
      return row < rows.x.size() ? rows.x[row][column] : 0;
    };
    for (int owner : {0, 1}) {
      const std::string name = learn::data_name(size_.owners[owner]);
      const std::size_t first = owner == 0 ? 0 : kFeatures[0];
      add(name, size_.rows, kFeatures[owner],
          [&](auto row, auto column) { return at(rows_, row, first + column); });
      add("test." + name, size_.padded_test_rows, kFeatures[owner],
          [&](auto row, auto column) { return at(test_, row, first + column); });
    }
    const auto [w0, w1] = job_.training.class_weights.value_or(std::pair{1.0, 1.0});
    add(learn::kLabels, size_.rows, 1,
        [&, w1 = w1](auto row, auto) { return job_.training.weighted() ? w1 * rows_.y[row] : rows_.y[row]; });
    if (job_.training.weighted())
      add(learn::kRowWeights, size_.rows, 1,
          [&, w0 = w0, w1 = w1](auto row, auto) { return rows_.y[row] == 1 ? w1 : w0; });
    const double positives = std::accumulate(test_.y.begin(), test_.y.end(), 0.0),
                 all = static_cast<double>(test_.y.size());
    add(std::string("test.") + learn::kMeasures, size_.padded_test_rows, learn::kLabelColumns,
        [&](auto row, auto column) {
          if (row >= test_.y.size()) return 0.0;
          const double y = test_.y[row], unit = std::exp2(std::ceil(std::log2(all))) / all;
          if (column < 2) return unit * (column == 0 ? y : 1);
          if (job_.kind == Regression::kLinear) return unit * (column == 2 ? y * y : 0);
          return unit * (column == 2 ? y * all / positives : (1 - y) * all / (all - positives));
        });
  }

  void compile(const std::string& protocol) {
    make_data();
    const bool alone = protocol == "plain";
    passes::Options options;
    options.name = "regression";
    options.protocol = protocol;
    options.roles = {"a"};
    if (!alone) options.roles.emplace_back("b");
    if (protocol == "rep3") options.roles.emplace_back("helper");
    options.course = {
        .epochs = job_.training.epochs, .rows = size_.rows, .test_rows = size_.padded_test_rows};
    options.seed = job_.training.seed;
    options.evaluate_every_epoch = job_.training.every_epoch();
    options.calibration_steps = 50;
    options.inputs = {{"x.a", "a", "", ""},
                      {"x.b", alone ? "a" : "b", "", ""},
                      {"labels", "a", "", ""},
                      {"measures", "a", "", ""},
                      {"row_weights", "a", "", ""}};
    options.limits = {{"measures", 15}, {"labels", 7.9}};
    std::vector<std::string> measures{"loss", "weights.a", "weights.b", "intercept", "predictions"};
    if (job_.kind == Regression::kLogistic) measures.insert(measures.end(), {"accuracy", "auc", "ks"});
    for (const auto& name : measures) options.reveals.push_back({name, {"a"}});
    if (job_.training.early_stop) options.reveals.push_back({"stop", options.roles});
    options.sample = std::make_shared<passes::Arrays>(data_);
    mlir::MLIRContext context;
    frontends::stablehlo::load_dialects(context);
    auto module = frontends::stablehlo::read_or_throw(context, program_text(job_, size_), "regression.mlir");
    plan_ = passes::compile(*module, options);
  }

  void run() {
    const auto bytes = plan::serialize(plan_);
    const auto program = runtime::prepare(plan::as_bytes(bytes));
    const auto fill = [&](const plan::wire::Input& input, const plan::Value& value, std::size_t offset,
                          std::span<ring::Element> out) {
      for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<ring::Element>(
            std::llround(std::ldexp(data_.at(input.name()).at(offset + i), value.fraction_bits())));
    };
    const auto outcomes = runtime::run_in_process(program, fill);
    for (const auto& outcome : outcomes)
      if (outcome.exception) std::rethrow_exception(outcome.exception);
    outputs_ = outcomes[0].outputs;
  }

  LinearJob job_;
  LinearSize size_;
  Rows rows_, test_;
  passes::Arrays data_;
  plan::Plan plan_;
  runtime::Outputs outputs_;
};

LinearJob job_of(Regression kind) {
  LinearJob job;
  job.kind = kind;
  job.training.epochs = 2;
  job.training.batch = 32;
  job.training.learning_rate = 0.2;
  job.training.l2 = 0.01;
  return job;
}

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(actual[i], expected[i], tolerance * std::max(std::fabs(expected[i]), 1.0)) << i;
}

// The rate is rounded to 2^-9 of itself.
constexpr double kDescentTolerance = 4e-3;

class RegressionAmong : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Protocols, RegressionAmong, ::testing::Values("plain", "rep3", "duo"));

TEST_P(RegressionAmong, LogisticDescendsAndMeasures) {
  const TrainedRegression trained(job_of(Regression::kLogistic), GetParam(), 200, 151);
  expect_near(trained.weights(), trained.expected_weights(), kDescentTolerance);
  const auto weights = trained.weights();
  const auto& test = trained.test();
  std::vector<double> scores;
  double right = 0, loss = 0, positives = 0, above = 0;
  for (std::size_t i = 0; i < test.y.size(); ++i) {
    const double z = mean_score(test.x[i], weights);
    scores.push_back(z);
    right += (z >= 0) == (test.y[i] == 1);
    loss += std::log1p(std::exp(-std::fabs(z))) + std::max(z, 0.0) - test.y[i] * z;
    positives += test.y[i];
  }
  const auto count = static_cast<double>(test.y.size());
  double distance = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    double tpr = 0, fpr = 0;
    for (std::size_t j = 0; j < scores.size(); ++j) {
      if (test.y[i] == 1 && test.y[j] == 0) above += scores[i] > scores[j] ? 1 : 0;
      if (scores[j] >= scores[i]) (test.y[j] == 1 ? tpr : fpr) += 1;
    }
    distance = std::max(distance, std::fabs(tpr / positives - fpr / (count - positives)));
  }
  EXPECT_NEAR(trained.output("accuracy"), right / count, 1e-4);
  EXPECT_NEAR(trained.output("loss"), loss / count, 1e-3);
  // Scores in one bucket are ties: of 64 buckets of this spread half are met.
  EXPECT_NEAR(trained.output("auc"), above / (positives * (count - positives)), 4e-3);
  EXPECT_LE(trained.output("ks"), distance + 1e-4);
  EXPECT_GE(trained.output("ks"), distance - 0.06);
  const auto predictions = trained.predictions();
  for (std::size_t i = 0; i < scores.size(); ++i)
    EXPECT_NEAR(predictions[i], 1 / (1 + std::exp(-scores[i])), 1e-4);
}

TEST(Regression, ClassWeightsWeighRows) {
  auto job = job_of(Regression::kLogistic);
  job.training.class_weights = {0.5, 3};
  const TrainedRegression trained(job, "plain", 200, 50);
  expect_near(trained.weights(), trained.expected_weights(), kDescentTolerance);
  auto even = job;
  even.training.class_weights.reset();
  const TrainedRegression unweighted(even, "plain", 200, 50);
  EXPECT_GT(trained.weights().back(), unweighted.weights().back() + 0.3);
}

// Gaussian elimination of a small positive definite system.
std::vector<double> solve(std::vector<std::vector<double>> a, std::vector<double> b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t i = k + 1; i < n; ++i) {
      const double factor = a[i][k] / a[k][k];
      for (std::size_t j = k; j < n; ++j) a[i][j] -= factor * a[k][j];
      b[i] -= factor * b[k];
    }
  for (std::size_t k = n; k-- > 0;) {
    for (std::size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

// (X^T X / n + l2 I) w = X^T y / n, the intercept without penalty.
TEST(Regression, LinearConvergesToRidge) {
  auto job = job_of(Regression::kLinear);
  job.training.epochs = 120;
  job.training.batch = 100;
  job.training.l2 = 0.2;
  job.training.learning_rate = 0.1;
  job.training.momentum = 0.7;
  const TrainedRegression trained(job, "plain", 100, 60);
  std::vector<std::vector<double>> a(kAll + 1, std::vector<double>(kAll + 1, 0.0));
  std::vector<double> b(kAll + 1, 0.0);
  for (std::size_t row = 0; row < 100; ++row) {
    auto x = trained.rows().x[row];
    x.push_back(1);
    for (int i = 0; i <= kAll; ++i) {
      b[i] += x[i] * trained.rows().y[row] / 100;
      for (int j = 0; j <= kAll; ++j) a[i][j] += x[i] * x[j] / 100;
    }
  }
  for (int i = 0; i < kAll; ++i) a[i][i] += job.training.l2;
  expect_near(trained.weights(), solve(a, b), 2e-3);
  double loss = 0;
  const auto weights = trained.weights();
  for (std::size_t i = 0; i < trained.test().y.size(); ++i)
    loss += std::pow(mean_score(trained.test().x[i], weights) - trained.test().y[i], 2) / 60;
  EXPECT_NEAR(trained.output("loss"), loss, 1e-3);
}

TEST_P(RegressionAmong, StopsWhenTheLossNoLongerFalls) {
  auto job = job_of(Regression::kLogistic);
  job.training.epochs = 9;
  job.training.learning_rate = 32 * learn::kSmallestStep;
  job.training.early_stop = {.patience = 2, .tolerance = 0.01};
  const TrainedRegression stopped(job, GetParam(), 64, 40);
  // The first epoch is better than nothing; the second and third are no better than the first.
  EXPECT_EQ(stopped.openings("stop"), 3u);
  EXPECT_EQ(stopped.openings("loss"), 3u);
  EXPECT_EQ(stopped.output("stop"), 1);
  EXPECT_EQ(stopped.predictions().size(), 40u);
}

TEST(Regression, GoesOnWhileTheLossFalls) {
  auto job = job_of(Regression::kLogistic);
  job.training.epochs = 4;
  job.training.learning_rate = 0.05;
  job.training.early_stop = {.patience = 1, .tolerance = 1e-4};
  const TrainedRegression trained(job, "plain", 64, 40);
  EXPECT_EQ(trained.openings("stop"), 4u);
  EXPECT_EQ(trained.output("stop"), 0);
}

}  // namespace
}  // namespace sotto::tests
