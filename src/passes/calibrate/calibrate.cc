// Measures ranges: trains plainly for some steps on the owners' sample (or on synthetic data when there is
// none), then evaluates, and writes the range of every float value as sotto.range. Ranges are what was seen;
// margins are added by those who turn them into bounds. A model that is only applied is measured as its
// training leaves it, where the options say how it was trained.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "mlir/Pass/Pass.h"
#include "passes/calibrate/range.h"
#include "passes/calibrate/trained.h"
#include "passes/passes.h"
#include "passes/reference/reference.h"
#include "passes/train/train.h"
#include "plan/permutation.h"

namespace sotto::passes {
namespace {

template <class T>
Range measure(const std::vector<T>& values, std::size_t width) {
  T lowest = values.front(), highest = values.front(), spread = 0;
  for (std::size_t row = 0; row < values.size(); row += width) {
    const auto [low, high] = std::ranges::minmax(std::span(values).subspan(row, width));
    lowest = std::min(lowest, low), highest = std::max(highest, high), spread = std::max(spread, high - low);
  }
  return {static_cast<double>(lowest), static_cast<double>(highest), static_cast<double>(spread),
          norms_of(std::span(values))};
}

Range measure(const ir::Array& array) {
  const std::size_t width = array.shape().empty() ? 1 : static_cast<std::size_t>(array.shape().back());
  return array.type() == ir::ElementType::kF64 ? measure(array.as<double>(), width)
                                               : measure(array.as<float>(), width);
}

struct Calibrate : mlir::PassWrapper<Calibrate, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Calibrate)
  explicit Calibrate(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "calibrate"; }

  void runOnOperation() override {
    const Arrays data = calibration_data();
    Arrays states;
    if (auto step = getOperation().lookupSymbol<mlir::func::FuncOp>("step"))
      if (mlir::failed(observe_steps(step, states, data))) return signalPassFailure();
    for (const auto& [name, runs] : {std::pair{"evaluate", kEvaluations}, {"summary", 1}, {"predict", 1}})
      if (auto function = getOperation().lookupSymbol<mlir::func::FuncOp>(name)) {
        for (auto& [state, start] : initial_states(function, options_.seed, data))
          states.try_emplace(state, std::move(start));
        if (mlir::failed(observe(function, runs, states, data))) return signalPassFailure();
      }
  }

 private:
  static constexpr int kEvaluations = 4;

  mlir::LogicalResult observe_steps(mlir::func::FuncOp step, Arrays& states, const Arrays& data) {
    states = initial_states(step, options_.seed, data);
    if (options_.trained)
      for (auto& [name, state] : states)
        if (auto trained = options_.trained->find(name); trained != options_.trained->end())
          state = trained->second.reshaped(state.shape());
    const auto steps = options_.training || options_.course
                           ? options_.calibration_steps
                           : std::min(options_.steps, options_.calibration_steps);
    return observe(step, steps, states, data);
  }

  // A prediction takes all of its rows at once, however many the sample has. A course may have samples of
  // some.
  Arrays calibration_data() {
    if (options_.sample && !options_.prediction && !options_.course) return *options_.sample;
    Arrays data = synthetic_data(getOperation(), kSyntheticRows);
    if (options_.sample)
      for (auto& [name, array] : data)
        if (auto given = options_.sample->find(name); given != options_.sample->end())
          array = options_.course ? given->second : repeated_rows(given->second, array.shape()[0]);
    // Also of what share stores will give.
    if (options_.sample && options_.course) data.insert(options_.sample->begin(), options_.sample->end());
    return data;
  }

  mlir::LogicalResult observe(mlir::func::FuncOp function, std::int64_t steps, Arrays& states,
                              const Arrays& data) {
    llvm::DenseMap<mlir::Value, Range> ranges;
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      if (auto type = llvm::cast<mlir::RankedTensorType>(function.getArgument(index).getType());
          type.getNumElements() == 0)
        return function.emitError() << "'" << argument_name(function, index)
                                    << "' has no elements: each dimension must be 1 at least";
    mlir::Operation* boundless = nullptr;  // the first, and the step is the last
    // Whether all elements are numbers that can be measured.
    auto see = [&](mlir::Value value, const ir::Array& array) {
      if (!is_float(value) || array.size() == 0) return true;
      const Range range = measure(array);
      auto [found, fresh] = ranges.try_emplace(value, range);
      if (!fresh) found->second = joined(found->second, range);
      return std::isfinite(range.norms.back());
    };
    const auto observer = [&](mlir::Operation* op, unsigned result, const ir::Array& array) {
      const bool finite = see(op->getResult(result), array);
      // A constant that is infinite may be what a maximum starts with.
      if (!finite && !boundless && !llvm::isa<hlo::ConstantOp>(op) && !splat_value(op->getResult(result)))
        boundless = op;
    };
    const auto [rows, batch] = batches(function, data);
    // A course's phases after training take rows as they come, as the run will: states may depend on it.
    const bool in_order = options_.course && function.getName() != "step";
    const auto order = plan::row_order(static_cast<std::uint64_t>(rows), in_order ? 0 : options_.seed, 0);
    for (std::int64_t done = 0; done < steps; ++done) {
      for (unsigned index = 0; index < function.getNumArguments(); ++index)
        if (auto state = states.find(argument_name(function, index)); state != states.end())
          see(function.getArgument(index), state->second);
      std::vector<std::uint32_t> chosen;
      if (rows > 0)
        chosen = plan::batch_rows(order, static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(batch));
      if (mlir::failed(run_plainly(function, states, data, chosen, observer))) return mlir::failure();
      if (boundless) return complain(boundless, done);
    }
    for (auto& [value, range] : ranges) widen_range(value, range);
    for (unsigned index = 0; index < function.getNumArguments(); ++index) {
      const mlir::Value argument = function.getArgument(index);
      if (auto given = data.find(argument_name(function, index)); given != data.end() && is_float(argument))
        widen_range(argument, measure(given->second));
    }
    return mlir::success();
  }

  // Where a constant brought it in, that is said. (Constants do not know their places once they are folded.)
  static mlir::LogicalResult complain(mlir::Operation* op, std::int64_t step) {
    if (llvm::any_of(op->getOperands(), is_unbounded_constant))
      return op->emitError()
             << "'" << op->getName()
             << "' has a constant operand that holds an infinity or NaN: fixed point has neither";
    return op->emitError() << "'" << op->getName() << "' gives an infinity or NaN in step " << step
                           << " of measuring ranges on the sample: fixed point has neither";
  }

  // Rows of the data set and of a batch; 0 and 0 when the function takes none.
  static std::pair<std::int64_t, std::int64_t> batches(mlir::func::FuncOp function, const Arrays& data) {
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      if (function.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute).getValue() == kBatch)
        return {data.at(argument_name(function, index)).shape()[0], shape_of(function.getArgument(index))[0]};
    return {0, 0};
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> calibrate(const Options& options) { return std::make_unique<Calibrate>(options); }

}  // namespace sotto::passes
