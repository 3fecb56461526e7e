// From float tensors to fixed point, function by function. What is fused, so that every element is rounded
// and shared again once:
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
  void getDependentDialects(mlir::DialectRegistry& registry) const override {
    registry.insert<privacy::SottoDialect>();
  }

  void runOnOperation() override {
    // All functions share their states, so they agree on formats. The finer ones are cheaper or more
    // exact; where they leave the ring too little room, coarser ones are taken.
    const Precision& wanted = options_.precision;
    Options tried = options_;
    const bool moments = options_.training && options_.training->optimizer != Optimizer::kSgd;
    for (int coarser = 0; coarser <= (moments ? kCoarsestMoment : 0); coarser += 2) {
      tried.precision.moment_fraction_bits = wanted.moment_fraction_bits - coarser;
      for (int gradient = wanted.large_gradient_fraction_bits; gradient >= wanted.gradient_fraction_bits;
           gradient -= kCoarserGradient) {
        tried.precision.large_gradient_fraction_bits = gradient;
        for (int large : {wanted.large_state_fraction_bits, wanted.state_fraction_bits}) {
          tried.precision.large_state_fraction_bits = large;
          if (mlir::succeeded(attempt(tried, /*quietly=*/true))) return;
        }
      }
    }
    if (mlir::failed(attempt(options_, /*quietly=*/false))) signalPassFailure();
  }

  // Squares of gradients want the room of their moments twice.
  static constexpr int kCoarsestMoment = 6, kCoarserGradient = 3;

  // All functions or none.
  mlir::LogicalResult attempt(const Options& options, bool quietly) {
    std::optional<mlir::ScopedDiagnosticHandler> silence;
    if (quietly) silence.emplace(&getContext(), [](mlir::Diagnostic&) { return mlir::success(); });
    llvm::SmallVector<mlir::func::FuncOp> sources(getOperation().getOps<mlir::func::FuncOp>()), targets;
    const auto states = state_types(getOperation(), options.precision);
    bool failed = false;
    for (auto source : sources) {
      mlir::OpBuilder builder(source);
      targets.push_back(builder.create<mlir::func::FuncOp>(source.getLoc(), source.getName(),
                                                           builder.getFunctionType({}, {})));
      failed = mlir::failed(Lowering(options, states, source, targets.back()).run());
      if (failed) break;
    }
    for (auto function : failed ? targets : sources) function.erase();
    return mlir::failure(failed);
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> lower(const Options& options) { return std::make_unique<Lower>(options); }

}  // namespace sotto::passes
