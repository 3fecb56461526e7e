// Who may see each value. An argument is private to the role that provides it and becomes secret where it
// enters; constants are public; what is computed from anything secret is secret. The answer is the attribute
// sotto.visibility on arguments and operations: public, private(role) or secret. What stays public costs
// nothing and is never shared.
#include "passes/infer_secrecy/infer_secrecy.h"

#include "mlir/Pass/Pass.h"
#include "passes/passes.h"
#include "passes/support/tensors.h"
#include "passes/train/arguments.h"

namespace sotto::passes {
namespace {

struct InferSecrecy : mlir::PassWrapper<InferSecrecy, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(InferSecrecy)
  llvm::StringRef getArgument() const final { return "infer-secrecy"; }

  void runOnOperation() override {
    for (auto function : getOperation().getOps<mlir::func::FuncOp>()) visit(function);
  }

 private:
  void visit(mlir::func::FuncOp function) {
    mlir::Builder builder(&getContext());
    for (unsigned index = 0; index < function.getNumArguments(); ++index) {
      const auto role = function.getArgAttrOfType<mlir::StringAttr>(index, kRoleAttribute);
      const std::string text = role ? "private(" + role.str() + ")" : "secret";
      function.setArgAttr(index, kVisibilityAttribute, builder.getStringAttr(text));
    }
    for (mlir::Operation& op : function.getBody().front().without_terminator()) {
      const bool secret =
          llvm::any_of(op.getOperands(), [](mlir::Value operand) { return !is_public(operand); });
      op.setAttr(kVisibilityAttribute, builder.getStringAttr(secret ? "secret" : "public"));
    }
  }
};

}  // namespace

std::unique_ptr<mlir::Pass> infer_secrecy() { return std::make_unique<InferSecrecy>(); }

bool is_public(mlir::Value value) {
  mlir::Operation* op = value.getDefiningOp();
  if (!op) return false;
  auto text = op->getAttrOfType<mlir::StringAttr>(kVisibilityAttribute);
  return text && text.getValue() == "public";
}

}  // namespace sotto::passes
