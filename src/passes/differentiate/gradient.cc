// The sweep from the output back to the inputs.
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringExtras.h"
#include "passes/differentiate/differentiate.h"

namespace sotto::passes {
namespace {

using mlir::Operation;
using mlir::Value;

// The values that depend on an input, in one walk through the block (which is in topological order).
llvm::DenseSet<Value> dependents(mlir::Block* block, mlir::ValueRange inputs) {
  llvm::DenseSet<Value> found(inputs.begin(), inputs.end());
  for (Operation& op : *block)
    if (llvm::any_of(op.getOperands(), [&](Value operand) { return found.contains(operand); }))
      found.insert(op.result_begin(), op.result_end());
  return found;
}

class Sweep {
 public:
  Sweep(mlir::OpBuilder& builder, llvm::DenseSet<Value> active)
      : builder_(builder), active_(std::move(active)) {}

  void add(Value value, Value gradient) {
    if (!active_.contains(value)) return;
    Value& sum = gradient_of_[value];
    sum = sum ? Value(builder_.create<hlo::AddOp>(gradient.getLoc(), sum, gradient)) : gradient;
  }

  mlir::LogicalResult step(Operation* op) {
    if (op->getNumResults() == 0 || !active_.contains(op->getResult(0))) return mlir::success();
    const auto found = gradient_of_.find(op->getResult(0));
    if (found == gradient_of_.end()) return mlir::success();
    // The map may grow while the rule runs.
    const Value gradient = found->second;
    auto add_gradient = [this](Value operand, Value of_operand) { add(operand, of_operand); };
    if (mlir::failed(differentiate_operation(builder_, op, gradient, add_gradient)))
      return op->emitError() << "'" << op->getName() << "' cannot be differentiated; training goes through: "
                             << llvm::join(differentiable_operations(), ", ");
    return mlir::success();
  }

  Value gradient_of(Value input) {
    const Value found = gradient_of_.lookup(input);
    return found ? found : splat(builder_, input.getLoc(), input.getType(), 0);
  }

 private:
  mlir::OpBuilder& builder_;
  llvm::DenseSet<Value> active_;
  llvm::DenseMap<Value, Value> gradient_of_;
};

}  // namespace

mlir::FailureOr<llvm::SmallVector<Value>> gradients(mlir::OpBuilder& builder, Value output, Value seed,
                                                    mlir::ValueRange inputs) {
  llvm::SmallVector<Value> result;
  mlir::Block* block = output.getParentBlock();
  llvm::SmallVector<Operation*> forward;
  if (Operation* last = output.getDefiningOp())
    for (Operation& op : *block) {
      forward.push_back(&op);
      if (&op == last) break;
    }
  Sweep sweep(builder, dependents(block, inputs));
  sweep.add(output, seed);
  for (Operation* op : llvm::reverse(forward))
    if (mlir::failed(sweep.step(op))) return mlir::failure();
  for (Value input : inputs) result.push_back(sweep.gradient_of(input));
  return result;
}

}  // namespace sotto::passes
