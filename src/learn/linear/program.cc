#include "learn/linear/program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "learn/columns.h"

namespace sotto::learn {
namespace {

constexpr const char *kSums = "sums", *kHits = "hits";
constexpr double kLargestSum = 64, kWorstLoss = 16;
constexpr int kSumFraction = 20, kScoreFraction = 18;
constexpr std::int64_t kMostTestBatch = 4096;

std::string tensor(std::int64_t rows, std::int64_t columns, const char* element = "f32") {
  return fmt::format("tensor<{}x{}x{}>", rows, columns, element);
}

// The text of one function, value by value. Values are named, %name; each knows its type.
class Function {
 public:
  explicit Function(std::string name) : name_(std::move(name)) {}

  std::string argument(const std::string& name, const std::string& type, const std::string& attributes) {
    const auto value = fmt::format("%a{}", arguments_.size());
    arguments_.push_back(fmt::format("{}: {} {{sotto.name = \"{}\", {}}}", value, type, name, attributes));
    types_.push_back({value, type});
    return value;
  }
  std::string batch(const std::string& name, const std::string& type) {
    return argument(name, type, "sotto.kind = \"batch\"");
  }
  // Fewer fraction bits than usual: the columns' own noise is far above them, and they leave a product with
  // the learning rate the room it wants (kSmallestStep).
  std::string columns(const std::string& name, const std::string& type) {
    constexpr int kFraction = 14;
    return argument(name, type, fmt::format("sotto.kind = \"batch\", sotto.fraction = {} : i32", kFraction));
  }
  std::string parameter(const std::string& name, const std::string& type) {
    return argument(name, type, "sotto.kind = \"state\", sotto.parameter");
  }
  std::string state(const std::string& name, const std::string& type) {
    return argument(name, type, "sotto.kind = \"state\"");
  }
  // A state whose values are below `limit` whatever happens.
  std::string bounded_state(const std::string& name, const std::string& type, int fraction, double limit) {
    return argument(name, type,
                    fmt::format("sotto.kind = \"state\", sotto.fraction = {} : i32, sotto.limit = {:e} : f64",
                                fraction, limit));
  }

  // The same, and the parties' share stores keep it.
  std::string kept_state(const std::string& name, const std::string& type, int fraction, double limit) {
    return argument(name, type,
                    fmt::format("sotto.kind = \"state\", sotto.parameter, sotto.fraction = {} : i32, "
                                "sotto.limit = {:e} : f64",
                                fraction, limit));
  }
  // What the parties' share stores give; `kept`: and keep again.
  std::string stored(const std::string& name, const std::string& type, const StoredFormat& format,
                     bool kept = false) {
    constexpr double kBelow = 0.99;
    return argument(
        name, type,
        fmt::format("sotto.kind = \"state\", sotto.stored{}, sotto.fraction = {} : i32, sotto.limit "
                    "= {:e} : f64",
                    kept ? ", sotto.parameter" : "", format.fraction_bits,
                    std::ldexp(kBelow, format.bound_bits)));
  }

  // A line that defines a value; {} in `text` are operands in order, types are the caller's.
  std::string line(const std::string& type, const std::string& text) {
    const auto value = fmt::format("%v{}", count_++);
    body_ += fmt::format("    {} = stablehlo.{}\n", value, text);
    types_.push_back({value, type});
    return value;
  }
  std::string type_of(const std::string& value) const {
    return std::ranges::find(types_, value, &std::pair<std::string, std::string>::first)->second;
  }

  std::string constant(const std::string& type, double value) {
    return line(type, fmt::format("constant dense<{:e}> : {}", value, type));
  }
  std::string unary(const char* operation, const std::string& a) {
    return line(type_of(a), fmt::format("{} {} : {}", operation, a, type_of(a)));
  }
  std::string binary(const char* operation, const std::string& a, const std::string& b) {
    return line(type_of(a), fmt::format("{} {}, {} : {}", operation, a, b, type_of(a)));
  }
  std::string times(const std::string& a, double factor) {
    return binary("multiply", a, constant(type_of(a), factor));
  }
  // The product along one dimension of each: "1" and "0" for a times b, "0" and "0" for a^T b.
  std::string product(const std::string& a, int along_a, const std::string& b, int along_b,
                      const std::string& type) {
    return line(type, fmt::format("dot_general {}, {}, contracting_dims = [{}] x [{}] : ({}, {}) -> {}", a, b,
                                  along_a, along_b, type_of(a), type_of(b), type));
  }
  std::string broadcast(const std::string& a, const char* dimensions, const std::string& type) {
    return line(
        type, fmt::format("broadcast_in_dim {}, dims = [{}] : ({}) -> {}", a, dimensions, type_of(a), type));
  }
  std::string reshape(const std::string& a, const std::string& type) {
    return line(type, fmt::format("reshape {} : ({}) -> {}", a, type_of(a), type));
  }
  std::string concatenate(const std::vector<std::string>& parts, const std::string& type, int dimension = 1) {
    std::vector<std::string> types;
    for (const auto& part : parts) types.push_back(type_of(part));
    return line(type, fmt::format("concatenate {}, dim = {} : ({}) -> {}", fmt::join(parts, ", "), dimension,
                                  fmt::join(types, ", "), type));
  }
  // Rows [first, last) of a column.
  std::string rows(const std::string& a, std::int64_t first, std::int64_t last) {
    const auto type = tensor(last - first, 1);
    return line(type, fmt::format("slice {} [{}:{}, 0:1] : ({}) -> {}", a, first, last, type_of(a), type));
  }
  // [row, first .. last) of a matrix, as one row.
  std::string slice(const std::string& a, std::int64_t row, std::int64_t first, std::int64_t last) {
    const auto type = tensor(1, last - first);
    return line(type, fmt::format("slice {} [{}:{}, {}:{}] : ({}) -> {}", a, row, row + 1, first, last,
                                  type_of(a), type));
  }
  // Whether a >= 0, as Booleans; `bits` is their type.
  std::string at_least_zero(const std::string& a, const std::string& bits) {
    return line(bits, fmt::format("compare GE, {}, {} : ({}, {}) -> {}", a, constant(type_of(a), 0),
                                  type_of(a), type_of(a), bits));
  }
  std::string convert(const std::string& bits, const std::string& type) {
    return line(type, fmt::format("convert {} : ({}) -> {}", bits, type_of(bits), type));
  }
  std::string select(const std::string& bit, const std::string& a, const std::string& b) {
    return line(type_of(a), fmt::format("select {}, {}, {} : {}, {}", bit, a, b, type_of(bit), type_of(a)));
  }
  // Sums of rows or columns.
  std::string sum(const std::string& a, int dimension, const std::string& type) {
    const auto zero = constant("tensor<f32>", 0);
    return line(type, fmt::format("reduce({} init: {}) applies stablehlo.add across dimensions = [{}] : ({}, "
                                  "tensor<f32>) -> {}",
                                  a, zero, dimension, type_of(a), type));
  }
  std::string greatest(const std::string& a, const std::string& type) {
    const auto least = line("tensor<f32>", "constant dense<0xFF800000> : tensor<f32>");
    return line(type,
                fmt::format("reduce({} init: {}) applies stablehlo.maximum across dimensions = [1] : ({}, "
                            "tensor<f32>) -> {}",
                            a, least, type_of(a), type));
  }

  void next(const std::string& state, const std::string& value) {
    give(value, fmt::format("sotto.next = \"{}\"", state));
  }
  void output(const std::string& name, const std::string& value) {
    give(value, fmt::format("sotto.output = \"{}\"", name));
  }

  std::string text() const {
    return fmt::format("  func.func public @{}({}) -> ({}) {{\n{}    return {} : {}\n  }}\n", name_,
                       fmt::join(arguments_, ",\n      "), fmt::join(results_, ", "), body_,
                       fmt::join(values_, ", "), fmt::join(result_types_, ", "));
  }

 private:
  void give(const std::string& value, const std::string& attribute) {
    values_.push_back(value);
    result_types_.push_back(type_of(value));
    results_.push_back(fmt::format("{} {{{}}}", type_of(value), attribute));
  }

  std::string name_, body_;
  int count_ = 0;
  std::vector<std::string> arguments_, results_, values_, result_types_;
  std::vector<std::pair<std::string, std::string>> types_;
};

class Program {
 public:
  Program(const LinearJob& job, const LinearSize& size) : job_(job), training_(job.training), size_(size) {}

  std::string text() const {
    std::string functions;
    if (!job_.applied) functions += step();
    if (!job_.applied || job_.measures()) functions += evaluate() + summary();
    if (!job_.reveals.predictions.empty() || keeps()) functions += predict();
    return fmt::format("module @{} {{\n{}}}\n", logistic() ? "logistic" : "linear", functions);
  }

 private:
  bool logistic() const { return job_.kind == Regression::kLogistic; }
  bool keeps() const { return job_.applied && job_.applied->keep; }
  bool scores_from(Scores source) const { return job_.applied && job_.applied->scores == source; }
  // Parameters and columns of all owners, and the score without and with the intercept.
  struct Score {
    std::vector<std::string> owners, weights, data;
    std::string intercept, centred, whole;
  };
  Score score(Function& f, const std::string& prefix, std::int64_t rows) const {
    Score s;
    if (scores_from(Scores::kKept)) {
      s.centred = kept_scores(f, rows);
    } else {
      add_columns(f, s, prefix, rows);
      for (std::size_t i = 0; i < s.owners.size(); ++i) {
        const auto part =
            scores_from(Scores::kOwn) ? s.data[i] : f.product(s.data[i], 1, s.weights[i], 0, tensor(rows, 1));
        s.centred = i == 0 ? part : f.binary("add", s.centred, part);
      }
    }
    s.intercept = intercept(f);
    s.whole = f.binary("add", s.centred, f.broadcast(s.intercept, "1", tensor(rows, 1)));
    return s;
  }

  void add_columns(Function& f, Score& s, const std::string& prefix, std::int64_t rows) const {
    for (std::size_t i = 0; i < size_.owners.size(); ++i) {
      if (size_.features[i] == 0) continue;
      const auto &owner = size_.owners[i], data = prefix + data_name(owner), name = weights_name(owner);
      s.owners.push_back(owner);
      if (scores_from(Scores::kOwn)) {
        s.data.push_back(f.batch(data, tensor(rows, 1)));
        continue;
      }
      const auto type = tensor(size_.features[i], 1);
      s.weights.push_back(job_.applied ? f.stored(name, type, size_.stored.at(name))
                                       : f.parameter(name, type));
      s.data.push_back(f.columns(data, tensor(rows, size_.features[i])));
    }
  }

  std::string intercept(Function& f) const {
    const auto type = "tensor<1xf32>";
    const auto given = size_.stored.find(kIntercept);
    if (job_.applied && given != size_.stored.end())
      return f.stored(kIntercept, type, given->second, keeps());
    return job_.applied && !keeps() ? f.state(kIntercept, type) : f.parameter(kIntercept, type);
  }

  // The next batch of them; the state turns, so that all are where they were after the last one.
  std::string kept_scores(Function& f, std::int64_t rows) const {
    const auto all = size_.padded_test_rows;
    const auto scores = f.stored(kScores, tensor(all, 1), size_.stored.at(kScores));
    if (rows == all) return scores;
    const auto first = f.rows(scores, 0, rows);
    f.next(kScores, f.concatenate({f.rows(scores, rows, all), first}, tensor(all, 1), 0));
    return first;
  }

  void keep(Function& f, const std::string& centred) const {
    const auto rows = size_.test_batch, all = size_.padded_test_rows;
    const auto scores = f.kept_state(kScores, tensor(all, 1), kScoreFraction, kLargestScore);
    f.next(kScores,
           rows == all ? centred : f.concatenate({f.rows(scores, rows, all), centred}, tensor(all, 1), 0));
  }

  std::string step() const {
    Function f("step");
    const auto batch = size_.batch;
    const auto s = score(f, "", batch);
    std::vector<std::string> moves;
    for (std::size_t i = 0; i < s.owners.size(); ++i)
      moves.push_back(f.state("momentum." + weights_name(s.owners[i]), f.type_of(s.weights[i])));
    const auto intercept_move = f.state(std::string("momentum.") + kIntercept, "tensor<1xf32>");
    const auto labels = f.batch(kLabels, tensor(batch, 1));
    auto guess = logistic() ? f.unary("logistic", s.whole) : s.whole;
    if (training_.weighted()) guess = f.binary("multiply", f.batch(kRowWeights, tensor(batch, 1)), guess);
    const auto error = f.binary("subtract", guess, labels);
    for (std::size_t i = 0; i < s.owners.size(); ++i) {
      const auto slope = f.product(s.data[i], 0, error, 0, f.type_of(s.weights[i]));
      update(f, weights_name(s.owners[i]), s.weights[i], moves[i], slope, training_.l2);
    }
    update(f, kIntercept, s.intercept, intercept_move, f.sum(error, 0, "tensor<1xf32>"), 0);
    return f.text();
  }

  void update(Function& f, const std::string& name, const std::string& weight, const std::string& moved,
              const std::string& slope, double l2) const {
    const double rate = training_.learning_rate;
    auto move = f.times(slope, rate / static_cast<double>(size_.batch));
    if (l2 > 0) move = f.binary("add", move, f.times(weight, rate * l2));
    move = f.binary("add", move, f.times(moved, training_.momentum));
    f.next(name, f.binary("subtract", weight, move));
    f.next("momentum." + name, move);
  }

  std::string evaluate() const {
    Function f("evaluate");
    const auto rows = size_.test_batch;
    const auto sums = sums_state(f);
    const auto hit_sums = logistic() ? hits_state(f) : "";
    const auto s = score(f, "test.", rows);
    const auto labels = f.batch(std::string("test.") + kMeasures, tensor(rows, kLabelColumns));
    const auto ones = f.constant(tensor(rows, 1), 1);
    std::vector<std::string> columns{
        logistic() ? softplus(f, s.whole) : f.binary("multiply", s.whole, s.whole), s.whole, ones};
    if (logistic())
      columns.push_back(f.convert(f.at_least_zero(s.whole, tensor(rows, 1, "i1")), tensor(rows, 1)));
    add_up(f, kSums, sums, labels, f.concatenate(columns, tensor(rows, sum_columns())));
    if (logistic()) add_up(f, kHits, hit_sums, labels, hits(f, s));
    return f.text();
  }

  std::int64_t sum_columns() const { return logistic() ? 4 : 3; }
  std::string sums_state(Function& f) const {
    return f.bounded_state(kSums, tensor(kLabelColumns, sum_columns()), kSumFraction, kLargestSum);
  }
  std::string hits_state(Function& f) const {
    return f.bounded_state(kHits, tensor(kLabelColumns, training_.buckets), kSumFraction, 2);
  }

  // A state grows by Y^T times the columns, divided by 2^k.
  void add_up(Function& f, const char* name, const std::string& state, const std::string& labels,
              const std::string& columns) const {
    const auto part = f.product(labels, 0, columns, 0, f.type_of(state));
    f.next(name, f.binary("add", state, f.times(part, 1 / padded_power(size_.test_rows))));
  }

  // For each threshold, [z - c >= t].
  std::string hits(Function& f, const Score& s) const {
    const auto type = tensor(size_.test_batch, training_.buckets);
    std::vector<std::string> list;
    for (double threshold : thresholds(training_.buckets)) list.push_back(fmt::format("{:e}", threshold));
    const auto row_type = fmt::format("tensor<{}xf32>", training_.buckets);
    const auto row =
        f.line(row_type, fmt::format("constant dense<[{}]> : {}", fmt::join(list, ", "), row_type));
    const auto above =
        f.binary("subtract", f.broadcast(s.centred, "0, 1", type), f.broadcast(row, "1", type));
    return f.convert(f.at_least_zero(above, tensor(size_.test_batch, training_.buckets, "i1")), type);
  }

  // log(1 + e^z) = max(z, 0) - log sigmoid(|z|): the logarithm is of a number from 1/2 to 1.
  std::string softplus(Function& f, const std::string& z) const {
    const auto positive = f.binary("maximum", z, f.constant(f.type_of(z), 0));
    const auto magnitude = f.binary("subtract", f.binary("add", positive, positive), z);
    return f.binary("subtract", positive, f.unary("log", f.unary("logistic", magnitude)));
  }

  std::string summary() const {
    Function f("summary");
    const auto sums = sums_state(f);
    const auto hits = logistic() ? hits_state(f) : "";
    const auto entry = [&](const std::string& state, std::int64_t row, std::int64_t column) {
      return f.slice(state, row, column, column + 1);
    };
    std::string loss;
    if (logistic()) {
      const auto negatives = f.binary("subtract", entry(sums, 1, 2), entry(sums, 0, 2));
      const auto right = f.binary("subtract", f.times(entry(sums, 0, 3), 2), entry(sums, 1, 3));
      f.output("accuracy", f.reshape(f.binary("add", right, negatives), "tensor<f32>"));
      loss = f.binary("subtract", entry(sums, 1, 0), entry(sums, 0, 1));
      rank_measures(f, hits);
    } else {
      loss = f.binary("add", f.binary("subtract", entry(sums, 1, 0), f.times(entry(sums, 0, 1), 2)),
                      entry(sums, 2, 2));
    }
    f.output("loss", f.reshape(loss, "tensor<f32>"));
    if (training_.early_stop) judge(f, loss);
    f.next(kSums, f.constant(f.type_of(sums), 0));
    if (logistic()) f.next(kHits, f.constant(f.type_of(hits), 0));
    return f.text();
  }

  void rank_measures(Function& f, const std::string& hits) const {
    const auto buckets = training_.buckets;
    const auto tpr = f.slice(hits, 2, 0, buckets), fpr = f.slice(hits, 3, 0, buckets);
    const auto one = f.constant(tensor(1, 1), 1), zero = f.constant(tensor(1, 1), 0);
    const auto type = tensor(1, buckets + 1);
    const auto width =
        f.binary("subtract", f.concatenate({one, fpr}, type), f.concatenate({fpr, zero}, type));
    const auto height = f.binary("add", f.concatenate({one, tpr}, type), f.concatenate({tpr, zero}, type));
    const auto area = f.times(f.product(width, 1, height, 1, tensor(1, 1)), 0.5);
    f.output("auc", f.reshape(area, "tensor<f32>"));
    const auto distance = f.binary("subtract", tpr, fpr);
    const auto both = f.concatenate({distance, f.unary("negate", distance)}, tensor(1, 2 * buckets));
    f.output("ks", f.reshape(f.greatest(both, "tensor<1xf32>"), "tensor<f32>"));
  }

  // Whether the loss has not fallen by the tolerance for so many epochs. What is kept is kWorstLoss minus the
  // best loss, so that it can start at zero.
  void judge(Function& f, const std::string& loss) const {
    const auto scalar = tensor(1, 1);
    const auto best = f.bounded_state("best", scalar, kSumFraction, 2 * kLargestSum),
               waited = f.bounded_state("waited", scalar, 18, 1024);
    const auto good = f.binary("subtract", f.constant(scalar, kWorstLoss), loss);
    const auto gain = f.binary("subtract", f.binary("subtract", good, best),
                               f.constant(scalar, training_.early_stop->tolerance));
    const auto better = f.at_least_zero(gain, tensor(1, 1, "i1"));
    f.next("best", f.select(better, good, best));
    const auto later =
        f.select(better, f.constant(scalar, 0), f.binary("add", waited, f.constant(scalar, 1)));
    f.next("waited", later);
    const auto left = f.binary("subtract", later, f.constant(scalar, training_.early_stop->patience - 0.5));
    f.output(kStop, f.convert(f.at_least_zero(left, tensor(1, 1, "i1")), scalar));
  }

  std::string predict() const {
    Function f("predict");
    // Of kept scores there is no batch of rows to come one after another.
    const bool kept = scores_from(Scores::kKept);
    const auto s = score(f, "test.", kept ? size_.padded_test_rows : size_.test_batch);
    if (keeps()) keep(f, s.centred);
    if (!job_.reveals.predictions.empty())
      f.output(kPredictions, logistic() ? f.unary("logistic", s.whole) : s.whole);
    return f.text();
  }

  const LinearJob& job_;
  const LinearTraining& training_;
  const LinearSize& size_;
};

}  // namespace

LinearSize size_of(const LinearJob& job, std::vector<std::string> owners, std::vector<std::int64_t> features,
                   std::int64_t rows) {
  const auto split = split_sizes(static_cast<std::size_t>(rows), job.training.holdout);
  LinearSize size{.owners = std::move(owners), .features = std::move(features)};
  size.rows = static_cast<std::int64_t>(split.training);
  size.test_rows = static_cast<std::int64_t>(split.test);
  size.batch = std::min(job.training.batch, size.rows);
  // As few batches as memory bears, all of one size.
  const auto batches = (size.test_rows + kMostTestBatch - 1) / kMostTestBatch;
  size.test_batch = (size.test_rows + batches - 1) / batches;
  size.padded_test_rows = batches * size.test_batch;
  return size;
}

double padded_power(std::int64_t rows) { return std::exp2(std::ceil(std::log2(static_cast<double>(rows)))); }

std::vector<double> thresholds(std::int64_t count) {
  constexpr double kNearest = 0.02, kFarthest = 8;
  std::vector<double> found;
  const auto half = count / 2;
  for (std::int64_t i = 0; i < half; ++i) {
    const double share = half == 1 ? 1 : static_cast<double>(i) / static_cast<double>(half - 1);
    const double distance = kNearest * std::pow(kFarthest / kNearest, share);
    found.push_back(distance);
    found.push_back(-distance);
  }
  if (count % 2 == 1) found.push_back(0);
  std::ranges::sort(found);
  return found;
}

std::string program_text(const LinearJob& job, const LinearSize& size) { return Program(job, size).text(); }

}  // namespace sotto::learn
