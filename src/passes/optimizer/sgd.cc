#include "passes/optimizer/optimizer.h"

namespace sotto::passes {

Updated sgd(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
            const Parameter& parameter) {
  auto sum = [&](mlir::Value a, mlir::Value b) {
    return mlir::Value(builder.create<hlo::AddOp>(location, a, b));
  };
  const double rate = training.learning_rate;
  mlir::Value move = times(builder, location, parameter.gradient, rate / static_cast<double>(training.batch));
  if (training.weight_decay != 0)
    move = sum(move, times(builder, location, parameter.value, rate * training.weight_decay));
  if (!parameter.states.empty())
    move = sum(move, times(builder, location, parameter.states[0], training.momentum));
  const mlir::Value value = builder.create<hlo::SubtractOp>(location, parameter.value, move);
  Updated updated{.value = value, .states = {}};
  if (!parameter.states.empty()) updated.states.push_back(move);
  return updated;
}

}  // namespace sotto::passes
