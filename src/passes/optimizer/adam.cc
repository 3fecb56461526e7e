#include <cmath>

#include "passes/optimizer/optimizer.h"

namespace sotto::passes {
namespace {

using mlir::Value;

// Arithmetic on tensors of one shape.
class Arithmetic {
 public:
  Arithmetic(mlir::OpBuilder& builder, mlir::Location location) : builder_(builder), location_(location) {}

  Value sum(Value a, Value b) { return builder_.create<hlo::AddOp>(location_, a, b); }
  Value difference(Value a, Value b) { return builder_.create<hlo::SubtractOp>(location_, a, b); }
  Value product(Value a, Value b) { return builder_.create<hlo::MultiplyOp>(location_, a, b); }
  Value quotient(Value a, Value b) { return builder_.create<hlo::DivideOp>(location_, a, b); }
  Value larger(Value a, Value b) { return builder_.create<hlo::MaximumOp>(location_, a, b); }
  Value square_root(Value a) { return builder_.create<hlo::SqrtOp>(location_, a); }
  Value inverse_square_root(Value a) { return builder_.create<hlo::RsqrtOp>(location_, a); }
  Value scaled(Value a, double factor) { return times(builder_, location_, a, factor); }
  Value plus(Value a, double constant) { return sum(a, splat(builder_, location_, a.getType(), constant)); }
  Value repeated(Value scalar, Value like) {
    return broadcast(builder_, location_, scalar, shape_of(like), {});
  }

 private:
  mlir::OpBuilder& builder_;
  mlir::Location location_;
};

// 1 / (1 - beta1), and whether it is a whole number (up to the rounding of 1 - beta1).
struct Memory {
  double steps;
  bool whole;
};

Memory memory_of(const Training& training) {
  const double steps = 1 / (1 - training.beta1), rounded = std::nearbyint(steps);
  constexpr double kRounding = 1e-9, kLargest = 1000;
  const bool whole = std::fabs(steps - rounded) < kRounding * steps && steps < kLargest;
  return {whole ? rounded : steps, whole};
}

}  // namespace

double adam_offset(const Training& training) {
  const double epsilon = std::max(training.epsilon, kSmallestEpsilon);
  const double magnified = epsilon * memory_of(training).steps * static_cast<double>(training.batch);
  return magnified * magnified / (1 - training.beta2);
}

PublicStep adam_public_step(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
                            mlir::ValueRange states) {
  Arithmetic in(builder, location);
  // 1 - beta^(t+1) = beta (1 - beta^t) + 1 - beta
  const Value first = in.plus(in.scaled(states[0], training.beta1), 1 - training.beta1);
  const Value second = in.plus(in.scaled(states[1], training.beta2), 1 - training.beta2);
  const double factor = training.learning_rate / std::sqrt(1 - training.beta2);
  return {.states = {first, second}, .rate = in.scaled(in.quotient(in.square_root(second), first), factor)};
}

Updated adam(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
             const Parameter& parameter, Value rate) {
  Arithmetic in(builder, location);
  const Memory memory = memory_of(training);
  const Value old_first = parameter.states[0], old_second = parameter.states[1];
  Value gradient = parameter.gradient;
  if (training.weight_decay != 0)
    gradient = in.sum(
        gradient, in.scaled(parameter.value, training.weight_decay * static_cast<double>(training.batch)));
  const Value first = in.sum(gradient, in.scaled(old_first, training.beta1));
  const Value magnified =
      memory.whole ? in.difference(in.scaled(first, memory.steps), in.scaled(old_first, memory.steps - 1))
                   : in.scaled(gradient, memory.steps);
  const Value second = in.sum(in.product(magnified, magnified), in.scaled(old_second, training.beta2));
  Updated updated{.value = {}, .states = {first, second}};
  Value divided_by = second;
  if (training.optimizer == Optimizer::kAmsgrad) {
    divided_by = in.larger(parameter.states[2], second);
    updated.states.push_back(divided_by);
  }
  const Value inverse = in.inverse_square_root(in.plus(divided_by, adam_offset(training)));
  const Value move = in.product(in.product(first, inverse), in.repeated(rate, parameter.value));
  updated.value = in.difference(parameter.value, move);
  return updated;
}

}  // namespace sotto::passes
