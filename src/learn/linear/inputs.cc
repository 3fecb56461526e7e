#include "learn/linear/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "learn/linear/own_model.h"
#include "runtime/data.h"

namespace sotto::learn {
namespace {

// Below 2^bits by a little, so that rounding cannot reach it.
constexpr double kOfRange = 0.99;

std::int32_t range_bits(double magnitude) {
  std::int32_t bits = 3;
  while (kOfRange * std::ldexp(1.0, bits) < magnitude) ++bits;
  return bits;
}

double magnitude_of(const std::vector<double>& values) {
  double most = 0;
  for (double value : values) {
    if (std::isnan(value)) return std::numeric_limits<double>::infinity();  // infinity less infinity
    most = std::max(most, std::fabs(value));
  }
  return most;
}

struct Classes {
  double positives = 0, negatives = 0;
};
Classes count_classes(const std::vector<double>& labels, const std::vector<std::uint32_t>& rows) {
  Classes classes;
  for (auto row : rows) (labels[row] == 1 ? classes.positives : classes.negatives) += 1;
  return classes;
}

class Checks {
 public:
  Checks(const LinearJob& job, const LinearLocal& local, OwnTable& own)
      : job_(job), local_(local), own_(own) {}

  void run() {
    if (!job_.applied && job_.training.batch > static_cast<std::int64_t>(own_.split.training.size()))
      fail(fmt::format("gives {} training rows, and a batch is {}", own_.split.training.size(),
                       job_.training.batch),
           "Give a smaller batch, a smaller holdout, or more rows.");
    if (own_.table.labels.empty()) return;
    if (job_.kind == Regression::kLogistic)
      check_classes();
    else
      scale_label();
  }

 private:
  [[noreturn]] void fail(const std::string& problem, const std::string& hint) const {
    throw Error(ErrorKind::kData, fmt::format("{} {}", local_.csv.string(), problem), hint);
  }

  void check_classes() {
    auto& labels = own_.table.labels;
    const bool signs = std::ranges::any_of(labels, [](double label) { return label == -1; });
    for (std::size_t row = 0; row < labels.size(); ++row) {
      if (labels[row] != 1 && labels[row] != (signs ? -1 : 0))
        fail(fmt::format("has a label in row {} (column \"{}\") that is neither {} nor 1", row + 1,
                         local_.layout.label, signs ? -1 : 0),
             "Labels of a logistic regression are 0 and 1, or -1 and 1; for numbers there is `sotto learn "
             "linear`.");
      labels[row] = labels[row] == 1 ? 1 : 0;
    }
    require_both("training", count_classes(labels, own_.split.training), own_.split.training.size());
    require_both("test", count_classes(labels, own_.split.test), own_.split.test.size());
  }

  void require_both(const char* which, const Classes& classes, std::size_t rows) const {
    for (const auto& [count, label] : {std::pair{classes.positives, 1}, {classes.negatives, 0}})
      if (count * kRarest < static_cast<double>(rows))
        fail(fmt::format("has too few {} rows with label {} (column \"{}\"): one in {} is the least", which,
                         label, local_.layout.label, static_cast<int>(kRarest)),
             "Give more rows of that class, another holdout or seed, or fewer of the other class.");
  }

  void scale_label() {
    auto& labels = own_.table.labels;
    Table only{.features = {local_.layout.label},
               .ids = {},
               .labels = {},
               .values = std::move(labels),
               .rows = own_.table.rows};
    if (job_.applied)
      apply_scalings(only, {own_.label});
    else
      own_.label = center_and_scale(only, own_.split.training, true, local_.csv.string()).front();
    labels = std::move(only.values);
  }

  const LinearJob& job_;
  const LinearLocal& local_;
  OwnTable& own_;
};

// Rows of one input, gathered.
class Gathered {
 public:
  Gathered(std::int64_t rows, std::int64_t columns)
      : columns_(columns), values_(static_cast<std::size_t>(rows * columns), 0.0), shape_{rows, columns} {}
  double& at(std::size_t row, std::int64_t column) {
    return values_[row * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column)];
  }
  void write(const std::filesystem::path& file) const { runtime::write_npy(file, shape_, values_); }

 private:
  std::int64_t columns_;
  std::vector<double> values_;
  Shape shape_;
};

// A last batch that is not full repeats rows: of zeros, a prediction would tell the intercept.
Gathered columns_of(const OwnTable& own, const std::vector<std::uint32_t>& rows, std::int64_t padded) {
  const auto width = own.table.features.size();
  Gathered gathered(padded, static_cast<std::int64_t>(width));
  for (std::size_t i = 0; i < static_cast<std::size_t>(padded); ++i)
    for (std::size_t column = 0; column < width; ++column)
      gathered.at(i, static_cast<std::int64_t>(column)) =
          own.table.values[rows[i % rows.size()] * width + column];
  return gathered;
}

// Of labels 0 and 1. Balanced ones are scikit-learn's: rows / (2 rows of the class).
std::pair<double, double> class_weights(const LinearTraining& training, const OwnTable& own) {
  if (training.class_weights) return *training.class_weights;
  if (!training.balanced) return {1, 1};
  const auto classes = count_classes(own.table.labels, own.split.training);
  const auto rows = static_cast<double>(own.split.training.size());
  return {rows / (2 * classes.negatives), rows / (2 * classes.positives)};
}

// Y of program.h.
Gathered measuring_matrix(const LinearJob& job, const LinearSize& size, const OwnTable& own) {
  Gathered matrix(size.padded_test_rows, kLabelColumns);
  const auto classes = count_classes(own.table.labels, own.split.test);
  const auto rows = static_cast<double>(own.split.test.size());
  const double unit = padded_power(size.test_rows) / rows;
  for (std::size_t i = 0; i < own.split.test.size(); ++i) {
    const double y = own.table.labels[own.split.test[i]];
    matrix.at(i, 0) = unit * y;
    matrix.at(i, 1) = unit;
    if (job.kind == Regression::kLogistic) {
      matrix.at(i, 2) = unit * y * rows / classes.positives;
      matrix.at(i, 3) = unit * (1 - y) * rows / classes.negatives;
    } else {
      matrix.at(i, 2) = unit * y * y;
    }
  }
  return matrix;
}

// Columns become one: this owner's part of each row's score.
void sum_scores(OwnTable& own, const std::vector<double>& weights) {
  if (weights.empty()) return;
  std::vector<double> parts(own.table.rows, 0.0);
  for (std::size_t i = 0; i < own.table.values.size(); ++i)
    parts[i / weights.size()] += own.table.values[i] * weights[i % weights.size()];
  own.table.values = std::move(parts);
  own.table.features = {"score"};
}

// The columns that the model was trained on, by name, centred and scaled as they were then.
void take_columns(const LinearJob& job, const std::string& party, OwnTable& own) {
  const auto& local = job.local_of(party);
  const auto model = load_own_model(job, party);
  const auto record = own_model_file(local.earlier_results);
  auto layout = local.layout;
  layout.exactly = true, layout.features = model.columns, layout.listed_by = record.string();
  if (!job.labels_from(party)) layout.label.clear();
  own.table = read_table(local.csv, layout);
  own.scalings = model.scalings, own.label = model.label;
  apply_scalings(own.table, own.scalings);
  if (job.applied->scores != Scores::kOwn) return;
  if (model.weights.size() != model.columns.size())
    throw Error(ErrorKind::kData, fmt::format("{} has no weights", record.string()),
                "Its job was run with model = \"secret\": say so in the prediction's job file, if there are "
                "stores.");
  own.intercept = model.intercept;
  sum_scores(own, model.weights);
}

// Rows that scores were kept of: their ids and labels alone.
void take_kept_rows(const LinearJob& job, const std::string& party, OwnTable& own) {
  const auto& local = job.local_of(party);
  const auto kept = load_kept_rows(job, party);
  auto layout = local.layout;
  layout.exactly = true;
  if (!job.labels_from(party)) layout.label.clear();
  own.table = read_table(local.csv, layout);
  own.label = kept.label;
  if (own.table.rows != kept.rows || (!kept.ids.empty() && digest_of_rows(own.table.ids) != kept.ids))
    throw Error(ErrorKind::kData,
                fmt::format("{} has other rows than the scores that job \"{}\" kept", local.csv.string(),
                            job.applied->earlier),
                fmt::format("Give the same {} rows in the same order, under the same id column.", kept.rows));
}

OwnTable read_rows_to_apply(const LinearJob& job, const std::string& party) {
  OwnTable own;
  if (job.applied->scores == Scores::kKept)
    take_kept_rows(job, party, own);
  else
    take_columns(job, party, own);
  own.split = split_rows(own.table.rows, 0, job.training.seed);
  return own;
}

}  // namespace

OwnTable read_own_table(const LinearJob& job, const std::string& party) {
  OwnTable own;
  if (!job.parties[job.index_of(party)].table) return own;
  const auto& local = job.local_of(party);
  if (job.applied) {
    own = read_rows_to_apply(job, party);
  } else {
    own.table = read_table(local.csv, local.layout);
    own.split = split_rows(own.table.rows, job.training.holdout, job.training.seed);
    own.scalings = center_and_scale(own.table, own.split.training, local.scale, local.csv.string());
  }
  Checks(job, local, own).run();
  const double labels = job.kind == Regression::kLinear ? magnitude_of(own.table.labels) : 1;
  own.facts = {.rows = own.table.rows,
               .features = own.table.features.size(),
               .range_bits = range_bits(std::max(magnitude_of(own.table.values), labels))};
  constexpr std::int32_t kMostBits = 12;
  if (own.facts.range_bits > kMostBits)
    throw Error(ErrorKind::kData,
                fmt::format("{} has values beyond 2^{}, after centring{}", local.csv.string(), kMostBits,
                            local.scale ? " and scaling" : ""),
                job.applied
                    ? "They are far from all that the model was trained on: are they in the same units?"
                : local.scale ? "Take the logarithm of the column, or cap it."
                              : "Scale the columns: scale = true.");
  return own;
}

std::map<std::string, std::filesystem::path> write_inputs(const LinearJob& job, const LinearSize& size,
                                                          const std::string& party, const OwnTable& own,
                                                          const std::filesystem::path& directory) {
  std::map<std::string, std::filesystem::path> files;
  const auto write = [&](const std::string& name, const Gathered& numbers) {
    numbers.write(files[name] = directory / (name + ".npy"));
  };
  if (own.facts.features > 0) {
    if (!job.applied) write(data_name(party), columns_of(own, own.split.training, size.rows));
    write("test." + data_name(party), columns_of(own, own.split.test, size.padded_test_rows));
  }
  if (party != job.training.label_at) return files;
  if (job.applied) {
    if (job.measures()) write(std::string("test.") + kMeasures, measuring_matrix(job, size, own));
    if (job.applied->scores == Scores::kOwn) {
      runtime::write_npy(files[kIntercept] = directory / "intercept.npy", {1}, std::span(&own.intercept, 1));
    }
    return files;
  }
  const auto weights = class_weights(job.training, own);
  Gathered labels(size.rows, 1), row_weights(size.rows, 1);
  for (std::size_t i = 0; i < own.split.training.size(); ++i) {
    const double y = own.table.labels[own.split.training[i]];
    const double weight = job.training.weighted() ? (y == 1 ? weights.second : weights.first) : 1;
    row_weights.at(i, 0) = weight;
    labels.at(i, 0) = weight * y;
  }
  write(kLabels, labels);
  if (job.training.weighted()) write(kRowWeights, row_weights);
  write(std::string("test.") + kMeasures, measuring_matrix(job, size, own));
  return files;
}

std::map<std::string, double> input_limits(const LinearJob& job, const std::vector<Facts>& facts) {
  std::map<std::string, double> limits;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& party = job.parties[i].name;
    const double most = kOfRange * std::ldexp(1.0, facts[i].range_bits);
    if (facts[i].features > 0) limits[data_name(party)] = most;
    if (party != job.training.label_at) continue;
    const bool linear = job.kind == Regression::kLinear;
    if (!job.applied) limits[kLabels] = linear ? most : job.training.weighted() ? kRarest : 1;
    if (!job.applied && job.training.weighted()) limits[kRowWeights] = kRarest;
    if (job.applied && job.applied->scores == Scores::kOwn) limits[kIntercept] = kLargestScore;
    limits[kMeasures] = 2 * (linear ? most * most : kRarest);  // Y carries a factor below 2
  }
  return limits;
}

}  // namespace sotto::learn
