// The guard of bounds that were measured, not proven. A comparison within a window is exact while its operand
// stays inside; training may lead out. So every operand of a windowed comparison, in every step, is checked
// by random projections of it (count_outside): whatever they find adds up in a secret state, guard.outside,
// and @guard, which runs after every epoch and after evaluation, opens one bit of that to all: whether it is
// positive. If so the job fails. Nothing is revealed before (plan/verify_guards.cc sees to it).
//
// Operands of functions that were fitted to a measured range (divisors, logarithms, exponents) are compared
// with its ends, each element by itself; exponents also with the logarithm of what there is room for.
//
// It runs after raising and before lowering, where the operations that will compare within windows have their
// names. What it relies on: an operand leaves its window (tens of times what was measured, with margin)
// before it leaves the ring, where the upper bits of a product are lost (2^62 units before truncation); what
// comes back from there is random, and each such element outside with a probability of 1/2 or more.
#include "ir/sotto/dialect.h"
#include "llvm/ADT/MapVector.h"
#include "mlir/Pass/Pass.h"
#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/support/tensors.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using mlir::Value;
using mlir::func::FuncOp;

constexpr llvm::StringLiteral kOutside = "guard.outside";
// Of all projections of a job: only their being zero matters.
constexpr double kMostOutside = 0x1p40;

// The state as another argument of the function.
Value add_state(FuncOp function) {
  mlir::Builder builder(function.getContext());
  const unsigned index = function.getNumArguments();
  const auto type = mlir::RankedTensorType::get({}, builder.getF32Type());
  function.insertArgument(index, type, builder.getDictionaryAttr({}), function.getLoc());
  function.setArgAttr(index, kNameAttribute, builder.getStringAttr(kOutside));
  function.setArgAttr(index, kKindAttribute, builder.getStringAttr(kState));
  function.setArgAttr(index, kFractionAttribute, builder.getI32IntegerAttr(0));
  function.setArgAttr(index, kInitializerAttribute, builder.getStringAttr("zeros"));
  widen_range(function.getArgument(index), {.minimum = 0, .maximum = kMostOutside});
  return function.getArgument(index);
}

class Watch {
 public:
  explicit Watch(FuncOp function) : function_(function), builder_(return_of(function)) {}

  // Whether there was anything to watch.
  bool run() {
    for (mlir::Operation& op : function_.getBody().front())
      for (Value operand : compared(&op))
        if (const Value watched = source(operand, llvm::isa<hlo::RsqrtOp, hlo::SqrtOp>(op)))
          operands_.insert(watched);
    for (mlir::Operation& op : function_.getBody().front()) watch_fitted(&op);
    if (operands_.empty() && fitted_.empty()) return false;
    Value total = add_state(function_);
    for (auto [operand, positive] : fitted_) {
      const auto location = operand.getLoc();
      const Value count =
          builder_.create<privacy::CountBeyondOp>(location, total.getType(), operand, positive);
      total = builder_.create<hlo::AddOp>(location, total, count);
    }
    for (Value operand : operands_) {
      const auto location = operand.getLoc();
      const Value count = builder_.create<privacy::CountOutsideOp>(location, total.getType(), operand);
      total = builder_.create<hlo::AddOp>(location, total, count);
    }
    return_too(total);
    return true;
  }

 private:
  // The operands that the operation's comparisons are made for.
  static llvm::SmallVector<Value> compared(mlir::Operation* op) {
    if (llvm::isa<privacy::ReluOp, privacy::RowSoftmaxOp, privacy::RowArgmaxOp, privacy::RowMaximumOp,
                  hlo::RsqrtOp, hlo::SqrtOp, hlo::LogisticOp, hlo::TanhOp>(op))
      return {op->getOperand(0)};
    const bool compares = llvm::isa<hlo::CompareOp, hlo::MaximumOp, hlo::MinimumOp, privacy::LargerOp>(op);
    if (compares && is_float(op->getOperand(0))) return llvm::to_vector(op->getOperands());
    return {};
  }

  // What is looked up in functions that were fitted to a measured range: divisors (once for a whole row) and
  // logarithms between its ends, exponents within its bound.
  void watch_fitted(mlir::Operation* op) {
    Value operand;
    if (auto divide = llvm::dyn_cast<hlo::DivideOp>(op)) {
      auto repeat = divide.getRhs().getDefiningOp<hlo::BroadcastInDimOp>();
      operand = repeat ? repeat.getOperand() : divide.getRhs();
    } else if (llvm::isa<hlo::LogOp, hlo::ExponentialOp>(op)) {
      operand = op->getOperand(0);
    }
    if (operand && is_float(operand) && !splat_value(operand))
      fitted_[operand] |= !llvm::isa<hlo::ExponentialOp>(op);
  }

  // Where what is compared comes from: a slice is inside if the whole is, a larger one if both are. Constants
  // need nobody to watch them. Under a root alone also a sum with a constant is inside if the rest is: roots
  // take their windows from there (lower/roots.cc), other comparisons from the sum.
  static Value source(Value operand, bool under_root) {
    auto* op = operand.getDefiningOp();
    if (splat_value(operand) || llvm::isa_and_nonnull<privacy::LargerOp>(op)) return {};
    const bool offset = under_root && llvm::isa_and_nonnull<hlo::AddOp>(op) && splat_value(op->getOperand(1));
    return offset || llvm::isa_and_nonnull<hlo::SliceOp>(op) ? source(op->getOperand(0), under_root)
                                                             : operand;
  }

  void return_too(Value total) {
    auto end = return_of(function_);
    end->insertOperands(end->getNumOperands(), total);
    const unsigned index = function_.getNumResults();
    function_.insertResult(index, total.getType(), {});
    function_.setResultAttr(index, kNextAttribute, builder_.getStringAttr(kOutside));
  }

  FuncOp function_;
  mlir::OpBuilder builder_;
  llvm::SetVector<Value> operands_;
  llvm::MapVector<Value, bool> fitted_;  // and whether it is positive
};

void build_guard(mlir::ModuleOp module) {
  mlir::OpBuilder builder(module.getContext());
  auto guard = FuncOp::create(module.getLoc(), "guard", builder.getFunctionType({}, {}));
  module.push_back(guard);
  builder.setInsertionPointToStart(guard.addEntryBlock());
  const Value count = add_state(guard);
  const auto bit = mlir::RankedTensorType::get({}, builder.getI1Type());
  const Value any = builder.create<privacy::AnyOutsideOp>(module.getLoc(), bit, count);
  builder.create<mlir::func::ReturnOp>(module.getLoc(), any);
  guard.setFunctionType(builder.getFunctionType(guard.getArgumentTypes(), bit));
  guard.setResultAttr(0, kOutputAttribute, builder.getStringAttr(guard.getName()));
}

struct Guard : mlir::PassWrapper<Guard, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Guard)
  llvm::StringRef getArgument() const final { return "guard"; }

  void runOnOperation() override {
    bool any = false;
    for (FuncOp function : llvm::to_vector(getOperation().getOps<FuncOp>())) any |= Watch(function).run();
    if (any) build_guard(getOperation());
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> guard() { return std::make_unique<Guard>(); }

}  // namespace sotto::passes
