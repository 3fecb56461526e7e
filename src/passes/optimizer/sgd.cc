#include "passes/optimizer/optimizer.h"

namespace sotto::passes {

int optimizer_states(const Training& training) { return training.momentum != 0 ? 1 : 0; }

Updated sgd(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
            const Parameter& parameter) {
  auto sum = [&](mlir::Value a, mlir::Value b) {
    return mlir::Value(builder.create<hlo::AddOp>(location, a, b));
  };
  const double rate = training.learning_rate;
  mlir::Value move = times(builder, location, parameter.gradient, rate / static_cast<double>(training.batch));
  if (training.weight_decay != 0)
    move = sum(move, times(builder, location, parameter.value, rate * training.weight_decay));
  if (parameter.momentum) move = sum(move, times(builder, location, parameter.momentum, training.momentum));
  const mlir::Value value = builder.create<hlo::SubtractOp>(location, parameter.value, move);
  return {value, parameter.momentum ? move : mlir::Value()};
}

}  // namespace sotto::passes
