// The guard of bounds that were measured, not proven. A comparison within a window is exact while its operand
// stays inside (at least 2^10, whatever was measured); training may lead out. So after each epoch, on some or
// all of its batches, the forward pass runs again with every windowed operand compared at full width, and one
// bit for each is opened to all: whether anything was outside. If so the job fails.
//
// @guard is @step without its backward pass and updates. It runs after raising and before lowering, where the
// operations that will compare within windows have their names. What it cannot see: a batch it does not run
// on, and values so large that they leave the ring (2^62 units before truncation, far beyond every window).
#include "ir/sotto/dialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"
#include "passes/passes.h"
#include "passes/support/tensors.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using mlir::Value;

class GuardBuilder {
 public:
  explicit GuardBuilder(mlir::func::FuncOp guard) : guard_(guard), builder_(return_of(guard)) {}

  // Whether there is anything to guard.
  bool run() {
    for (mlir::Operation& op : llvm::make_early_inc_range(guard_.getBody().front())) watch(&op);
    if (counts_.empty()) return false;
    return_only(builder_.create<privacy::AnyOutsideOp>(guard_.getLoc(), scalar(builder_.getI1Type()), counts_,
                                                       expected_));
    drop_dead();
    return true;
  }

 private:
  mlir::RankedTensorType scalar(mlir::Type element) { return mlir::RankedTensorType::get({}, element); }

  void watch(mlir::Operation* op) {
    if (llvm::isa<privacy::ReluOp, privacy::RowSoftmaxOp, privacy::RowArgmaxOp, privacy::RowMaximumOp>(op))
      return count(op->getOperand(0));
    auto compare = llvm::dyn_cast<hlo::CompareOp>(op);
    if (!compare || !is_float(compare.getLhs())) return;
    for (Value operand : compare->getOperands())
      if (!splat_value(operand)) count(operand);
  }

  void count(Value operand) {
    if (!counted_.insert(operand).second) return;
    auto element = tensor_type(operand).getElementType();
    counts_.push_back(builder_.create<privacy::CountInsideOp>(operand.getLoc(), scalar(element), operand));
    expected_ += 2 * tensor_type(operand).getNumElements();
  }

  void return_only(Value bit) {
    while (guard_.getNumResults() > 0) guard_.eraseResult(0);
    return_of(guard_)->setOperands(bit);
    guard_.setFunctionType(builder_.getFunctionType(guard_.getArgumentTypes(), bit.getType()));
    guard_.setResultAttr(0, kOutputAttribute, builder_.getStringAttr(guard_.getName()));
  }

  void drop_dead() {
    for (mlir::Operation& op : llvm::make_early_inc_range(llvm::reverse(guard_.getBody().front())))
      if (mlir::isOpTriviallyDead(&op)) op.erase();
    for (unsigned index = guard_.getNumArguments(); index-- > 0;)
      if (guard_.getArgument(index).use_empty()) guard_.eraseArgument(index);
  }

  mlir::func::FuncOp guard_;
  mlir::OpBuilder builder_;
  llvm::DenseSet<Value> counted_;
  llvm::SmallVector<Value> counts_;
  int64_t expected_ = 0;
};

struct Guard : mlir::PassWrapper<Guard, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Guard)
  llvm::StringRef getArgument() const final { return "guard"; }

  void runOnOperation() override {
    auto step = getOperation().lookupSymbol<mlir::func::FuncOp>("step");
    if (!step) return;
    auto guard = step.clone();
    guard.setName("guard");
    getOperation().push_back(guard);
    if (!GuardBuilder(guard).run()) guard.erase();
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> guard() { return std::make_unique<Guard>(); }

}  // namespace sotto::passes
