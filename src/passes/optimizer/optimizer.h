// Optimizers: how a gradient moves a parameter, as StableHLO built into the training step.
//
// A parameter has optimizer_states() of its own beside it; a step has public_states(), one number each, which
// depend on nothing but the number of steps done: passes/tabulate computes them at compile time, for every
// step, and a plan carries them as a schedule. All states start at zero.
#pragma once

#include "passes/options.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// Names of states: one of these before the parameter's name.
inline constexpr llvm::StringLiteral kMomentumPrefix = "momentum.", kFirstMomentPrefix = "adam.m.",
                                     kSecondMomentPrefix = "adam.v.", kLargestMomentPrefix = "adam.vmax.";
// 1 - beta^t after t steps: Adam's bias corrections.
inline constexpr llvm::StringLiteral kCorrection1 = "adam.correction1", kCorrection2 = "adam.correction2";

struct Parameter {
  mlir::Value value;
  mlir::Value gradient;                   // of the sum over the batch
  llvm::SmallVector<mlir::Value> states;  // in the order of optimizer_states
};

struct Updated {
  mlir::Value value;
  llvm::SmallVector<mlir::Value> states;
};

// Prefixes of the states that the optimizer keeps for each parameter.
llvm::SmallVector<llvm::StringRef> optimizer_states(const Training& training);
// Names of the scalar states that a step has once.
llvm::SmallVector<llvm::StringRef> public_states(const Training& training);
// Whether a state of that name is an optimizer's, and no part of the model.
bool is_optimizer_state(llvm::StringRef name);
// Values of a state below this are of no interest to the optimizer; nothing: as small as a gradient's.
std::optional<double> resolution(const Training& training, llvm::StringRef state);

// What the public states hold after the step. Whatever the optimizer, `rate` is a scalar that it multiplies
// each update by; null when there is none.
struct PublicStep {
  llvm::SmallVector<mlir::Value> states;
  mlir::Value rate;
};
PublicStep public_step(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
                       mlir::ValueRange states);

// One parameter's step with whatever optimizer `training` names.
Updated update(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
               const Parameter& parameter, mlir::Value rate);

// torch.optim.SGD on the mean over the batch, in the scaled form u = rate * v:
//   u' = momentum * u + (rate / batch) * gradient + rate * weight_decay * w,    w' = w - u'.
// The numbers are torch's; the form needs one truncation for each weight, since w' is then a local
// difference.
Updated sgd(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
            const Parameter& parameter);

// torch.optim.Adam and, with Optimizer::kAmsgrad, its amsgrad=True (Kingma and Ba 2015; Reddi, Kale and Kumar
// 2018), on the mean over the batch, in a scaled form. With G the gradient of the sum over the batch of size
// B, plus weight_decay * B * w, and n = 1 / (1 - beta1):
//   M' = beta1 M + G                      M = m n B, so that a product of matrices needs no factor
//   S  = n M' - (n - 1) M                 which is n G: local when n is an integer, as 10 is
//   V' = beta2 V + S^2                    V = v (n B)^2 / (1 - beta2)
//   W' = max(W, V')                       AMSGrad only; V' stands in for W' otherwise
//   w' = w - rate_t M' / sqrt(W' + c)
//   rate_t = learning_rate / sqrt(1 - beta2) * sqrt(1 - beta2^t) / (1 - beta1^t)
// Batch size and n leave the quotient by themselves. One truncation for each state and weight; g^2 keeps its
// digits, since S is a thousand times g.
//
// Epsilon. Torch divides by sqrt(v / (1 - beta2^t)) + epsilon; here it is sqrt(v + epsilon^2), with epsilon
// at least kSmallestEpsilon: c is that in V's scale. The quotients differ by at most a factor of sqrt(2),
// where v is about epsilon^2, and vanish together where a gradient is far below epsilon. A maximum with
// epsilon^2 would do as well and cost a comparison.
inline constexpr double kSmallestEpsilon = 0x1p-18;
Updated adam(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
             const Parameter& parameter, mlir::Value rate);
// The two corrections and rate_t, after the step.
PublicStep adam_public_step(mlir::OpBuilder& builder, mlir::Location location, const Training& training,
                            mlir::ValueRange states);
// c above.
double adam_offset(const Training& training);

}  // namespace sotto::passes
