#include "passes/reference/train_plainly.h"

#include <chrono>
#include <cmath>

#include "base/error.h"
#include "passes/support/tensors.h"
#include "passes/train/train.h"
#include "plan/permutation.h"

namespace sotto::passes {
namespace {

// The logits of @evaluate: what is compared, with its own maximum or with zero.
mlir::Value logits_of(mlir::func::FuncOp evaluate) {
  for (auto compare : evaluate.getOps<hlo::CompareOp>()) return compare.getLhs();
  return {};
}

// The sum over rows of -log softmax(logits) at the label.
double cross_entropy(const ir::Array& logits, const ir::Array& labels, std::span<const std::uint32_t> rows) {
  const auto classes = static_cast<std::size_t>(logits.shape().back());
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    double largest = logits.at(row * classes), total = 0, target = 0;
    for (std::size_t i = 0; i < classes; ++i) largest = std::max(largest, logits.at(row * classes + i));
    for (std::size_t i = 0; i < classes; ++i) {
      total += std::exp(logits.at(row * classes + i) - largest);
      if (labels.at(rows[row] * classes + i) != 0) target = logits.at(row * classes + i) - largest;
    }
    sum += std::log(total) - target;
  }
  return sum;
}

// The sum over rows of -y log s - (1 - y) log(1 - s), s = sigmoid(z), that is of log(1 + e^z) - y z.
double logistic_loss(const ir::Array& logits, const ir::Array& labels, std::span<const std::uint32_t> rows) {
  double sum = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const double z = logits.at(row);
    sum += std::max(z, 0.0) + std::log1p(std::exp(-std::fabs(z))) - labels.at(rows[row]) * z;
  }
  return sum;
}

class PlainTraining {
 public:
  PlainTraining(mlir::ModuleOp module, const Options& options, const Arrays& data)
      : options_(options),
        data_(data),
        step_(module.lookupSymbol<mlir::func::FuncOp>("step")),
        evaluate_(module.lookupSymbol<mlir::func::FuncOp>("evaluate")),
        states_(initial_states(step_, options.seed, data)) {}

  PlainEpoch run(std::int64_t epoch) {
    PlainEpoch result{.epoch = epoch, .accuracy = 0, .loss = 0, .seconds_per_step = 0, .states = {}};
    train(epoch, result);
    evaluate(result);
    result.states = states_;
    return result;
  }

 private:
  const Training& training() const { return *options_.training; }

  void run_or_throw(mlir::func::FuncOp function, Arrays& states, std::span<const std::uint32_t> rows,
                    const ir::Observer& observer) {
    if (mlir::failed(run_plainly(function, states, data_, rows, observer)))
      throw Error(ErrorKind::kModel, "the float interpreter refuses the program");
  }

  void train(std::int64_t epoch, PlainEpoch& result) {
    const auto rows = static_cast<std::uint64_t>(training().rows),
               batch = static_cast<std::uint64_t>(training().batch);
    const auto order = plan::row_order(rows, options_.seed, static_cast<std::uint64_t>(epoch));
    const std::uint64_t steps = (rows + batch - 1) / batch;
    const auto start = std::chrono::steady_clock::now();
    for (std::uint64_t i = 0; i < steps; ++i)
      run_or_throw(step_, states_, plan::batch_rows(order, i, batch), {});
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    result.seconds_per_step = seconds.count() / static_cast<double>(steps);
  }

  void evaluate(PlainEpoch& result) {
    const auto rows = static_cast<std::uint64_t>(training().test_rows);
    const auto batch = static_cast<std::uint64_t>(evaluation_batch(training().test_rows, training().batch));
    const auto order = plan::row_order(rows, 0, 0);
    const mlir::Value logits = logits_of(evaluate_);
    const auto& labels = data_.at(kTestPrefix.str() + training().labels.name);
    Arrays states = states_;
    for (auto& [name, state] : initial_states(evaluate_, options_.seed, data_))
      states.try_emplace(name, std::move(state));
    for (std::uint64_t i = 0; i * batch < rows; ++i) {
      const auto chosen = plan::batch_rows(order, i, batch);
      run_or_throw(
          evaluate_, states, chosen, [&](mlir::Operation* op, unsigned number, const ir::Array& array) {
            if (logits && op->getResult(number) == logits)
              result.loss += training().loss == Loss::kLogistic ? logistic_loss(array, labels, chosen)
                                                                : cross_entropy(array, labels, chosen);
          });
    }
    result.loss /= static_cast<double>(rows);
    if (training().loss == Loss::kSquaredError)
      result.loss = states.at(kLoss.str()).at(0);
    else
      result.accuracy = states.at(kCorrect.str()).at(0) / static_cast<double>(rows);
  }

  const Options& options_;
  const Arrays& data_;
  mlir::func::FuncOp step_, evaluate_;
  Arrays states_;
};

}  // namespace

PlainEpoch train_plainly(mlir::ModuleOp module, const Options& options, const Arrays& data,
                         const std::function<void(const PlainEpoch&)>& after_epoch) {
  PlainTraining training(module, options, data);
  PlainEpoch last;
  for (std::int64_t epoch = 0; epoch < options.training->epochs; ++epoch) {
    last = training.run(epoch);
    if (after_epoch) after_epoch(last);
  }
  return last;
}

}  // namespace sotto::passes
