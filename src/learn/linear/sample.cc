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
    scores_.assign(static_cast<std::size_t>(rows_), 0.0);
  }

  std::map<std::string, std::filesystem::path> write(const std::filesystem::path& directory) {
    directory_ = directory;
    const auto all = std::accumulate(size_.features.begin(), size_.features.end(), std::int64_t{0});
    // Together the columns give scores of deviation kSpread.
    const double weight = kSpread / std::sqrt(static_cast<double>(std::max<std::int64_t>(all, 1)));
    for (std::size_t i = 0; i < size_.owners.size(); ++i)
      if (size_.features[i] > 0) add_columns(size_.owners[i], size_.features[i], weight);
    add_labels();
    return std::move(files_);
  }

 private:
  static constexpr std::int64_t kRows = 2048;
  static constexpr double kSpread = 2;

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
    for (const char* prefix : {"", "test."}) add(prefix + data_name(owner), columns, values);
  }

  double label(double score) {
    if (job_.kind == Regression::kLinear) return score / kSpread + normal() / 2;
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
    add(kLabels, 1, labels);
    if (job_.training.weighted()) add(kRowWeights, 1, weights);
    add(std::string("test.") + kMeasures, kLabelColumns, matrix);
  }

  const LinearJob& job_;
  const LinearSize& size_;
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
