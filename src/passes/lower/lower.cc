// From float tensors to fixed point, function by function. What is fused, so that every element is rounded and shared
// again once:
//   - products with all sums around them, constant factors, bias rows and truncation: one contract;
//   - a relu or a mask that follows: the same contract;
//   - an optimizer's update: gradient product, learning rate, momentum and weight decay: one contract;
//   - sums, moves and differences of finished values: local.
#include "mlir/Pass/Pass.h"

#include "passes/lower/lowering.h"
#include "passes/passes.h"

namespace sotto::passes {
namespace {

struct Lower : mlir::PassWrapper<Lower, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Lower)
  explicit Lower(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "lower"; }
  void getDependentDialects(mlir::DialectRegistry& registry) const override { registry.insert<privacy::SottoDialect>(); }

  void runOnOperation() override {
    for (auto source : llvm::make_early_inc_range(getOperation().getOps<mlir::func::FuncOp>())) {
      mlir::OpBuilder builder(source);
      auto target = builder.create<mlir::func::FuncOp>(source.getLoc(), source.getName(), builder.getFunctionType({}, {}));
      if (mlir::failed(Lowering(options_, source, target).run())) {
        target.erase();
        return signalPassFailure();
      }
      source.erase();
    }
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> lower(const Options& options) { return std::make_unique<Lower>(options); }

}  // namespace sotto::passes
