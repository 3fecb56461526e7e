#include "learn/linear/sample.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "plan/splitmix.h"
#include "runtime/data.h"

namespace sotto::learn {
namespace {

class Sample {
 public:
  Sample(const LinearJob& job, const LinearSize& size)
      : job_(job),
        size_(size),
        random_(job.training.seed),
        rows_(std::max({kRows, size.batch, size.test_batch})) {
    if (keeps_scores()) rows_ = size.padded_test_rows;
    scores_.assign(static_cast<std::size_t>(rows_), 0.0);
    if (keeps_scores())
      for (auto& score : scores_) score = spread() * normal();
  }

  std::map<std::string, std::filesystem::path> write(const std::filesystem::path& directory) {
    directory_ = directory;
    const auto all = std::accumulate(size_.features.begin(), size_.features.end(), std::int64_t{0});
    // Together the columns give scores of deviation spread().
    const double weight = spread() / std::sqrt(static_cast<double>(std::max<std::int64_t>(all, 1)));
    for (std::size_t i = 0; i < size_.owners.size(); ++i)
      if (size_.features[i] > 0) add_columns(size_.owners[i], size_.features[i], weight);
    add_labels();
    if (job_.applied) add_model();
    return std::move(files_);
  }

 private:
  static constexpr std::int64_t kRows = 2048;
  static constexpr double kSpread = 2;
  // A model is applied to whatever comes, and may have been trained far beyond what ranges of a training see:
  // classes that lines separate have scores of large deviations.
  static constexpr double kBroader = 4;
  bool keeps_scores() const { return job_.applied && job_.applied->scores == Scores::kKept; }
  double spread() const { return job_.applied ? kBroader * kSpread : kSpread; }

  // Of mean 0 and deviation 1, near enough: a sum of uniform ones, which every machine adds alike.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i) sum += random_.unit();
    return sum;
  }

  void add(const std::string& name, std::int64_t columns, const std::vector<double>& values) {
    runtime::write_npy(files_[name] = directory_ / ("sample." + name + ".npy"), {rows_, columns}, values);
  }

  void add_columns(const std::string& owner, std::int64_t columns, double weight) {
    std::vector<double> signs, values;
    for (std::int64_t column = 0; column < columns; ++column)
      signs.push_back(random_.unit() < 0.5 ? -weight : weight);
    for (auto& score : scores_)
      for (double sign : signs) {
        values.push_back(normal());
        score += sign * values.back();
      }
    if (!job_.applied) return add_both(owner, columns, values);
    signs_[owner] = signs;
    add_applied(owner, columns, values);
  }

  void add_both(const std::string& owner, std::int64_t columns, const std::vector<double>& values) {
    for (const char* prefix : {"", "test."}) add(prefix + data_name(owner), columns, values);
  }

  // New rows alone, as columns or, where their owner knows its weights, as its part of each score.
  void add_applied(const std::string& owner, std::int64_t columns, const std::vector<double>& values) {
    if (job_.applied->scores == Scores::kStored) return add("test." + data_name(owner), columns, values);
    std::vector<double> part(static_cast<std::size_t>(rows_), 0.0);
    for (std::size_t i = 0; i < values.size(); ++i)
      part[i / static_cast<std::size_t>(columns)] +=
          signs_[owner][i % static_cast<std::size_t>(columns)] * values[i];
    add("test." + data_name(owner), 1, part);
  }

  double label(double score) {
    if (job_.kind == Regression::kLinear) return score / spread() + normal() / 2;
    return random_.unit() < 1 / (1 + std::exp(-score)) ? 1 : 0;
  }

  void add_labels() {
    const bool logistic = job_.kind == Regression::kLogistic;
    const auto given = job_.training.class_weights.value_or(std::pair{0.6, 3.0});
    std::vector<double> labels, weights, matrix;
    for (double score : scores_) {
      const double y = label(score), weight = !job_.training.weighted() ? 1
                                              : y == 1                  ? given.second
                                                                        : given.first;
      weights.push_back(weight);
      labels.push_back(weight * y);
      matrix.insert(matrix.end(), {y, 1, logistic ? 2 * y : y * y, logistic ? 2 * (1 - y) : 0});
    }
    if (!job_.applied) add(kLabels, 1, labels);
    if (!job_.applied && job_.training.weighted()) add(kRowWeights, 1, weights);
    if (!job_.applied || job_.measures()) add(std::string("test.") + kMeasures, kLabelColumns, matrix);
  }

  // What stores or owners will give.
  void add_model() {
    const auto write = [&](const std::string& name, Shape shape, const std::vector<double>& values) {
      runtime::write_npy(files_[name] = directory_ / ("sample." + name + ".npy"), shape, values);
    };
    write(kIntercept, {1}, {kSampleIntercept});
    if (job_.applied->scores == Scores::kStored)
      for (const auto& [owner, signs] : signs_)
        write(weights_name(owner), {static_cast<std::int64_t>(signs.size()), 1}, signs);
    if (keeps_scores()) write(kScores, {rows_, 1}, scores_);
  }
  static constexpr double kSampleIntercept = 0.5;

  const LinearJob& job_;
  const LinearSize& size_;
  std::map<std::string, std::vector<double>> signs_;  // weights, by owner
  plan::SplitMix random_;
  std::int64_t rows_;
  std::vector<double> scores_;
  std::filesystem::path directory_;
  std::map<std::string, std::filesystem::path> files_;
};

}  // namespace

std::map<std::string, std::filesystem::path> write_sample(const LinearJob& job, const LinearSize& size,
                                                          const std::filesystem::path& directory) {
  return Sample(job, size).write(directory);
}

}  // namespace sotto::learn
