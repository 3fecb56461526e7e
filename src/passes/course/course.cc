// A program that is a whole course of training, its phases written out as functions:
//
//   @step      a batch of the training rows: parameters and whatever else replaces itself
//   @evaluate  a batch of the test rows, likewise; over all of them after training, or after every epoch
//   @summary   after @evaluate: what is to be known of its sums; may start them anew
//   @predict   a batch of the test rows, once, at the end
//
// All but @step may be missing; @step as well where the model was trained before. Arguments say what they are
// by attributes: sotto.name; sotto.kind, which is "state" or "batch"; of states also sotto.parameter (a unit:
// what the parties' share stores keep), sotto.stored (a unit: what the share stores of an earlier job give),
// sotto.initializer (zeros if missing), sotto.fraction, and sotto.limit, a bound on |value| that follows from
// what the program does or, of what is stored, from what was declared then.
// Results have sotto.next or sotto.output. What @summary gives is opened behind the guard, as all that
// compares; what the others give, at once, so that nothing in them may be compared within a measured range.
// An output of
// @summary called "stop", one number, ends the training when it is not zero; all parties learn it. Results
// that nobody learns are dropped, and with them what only they need.
#include "mlir/Pass/Pass.h"
#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

constexpr llvm::StringLiteral kLimitAttribute = "sotto.limit";
constexpr llvm::StringLiteral kPhases[] = {"step", "evaluate", "summary", "predict"};

struct AdoptCourse : mlir::PassWrapper<AdoptCourse, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AdoptCourse)
  explicit AdoptCourse(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "course"; }

  void runOnOperation() override {
    if (!getOperation().lookupSymbol("step") && !begins_trained()) {
      getOperation().emitError("a course has a function @step, or states that are there before it");
      return signalPassFailure();
    }
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      if (mlir::failed(adopt(function))) return signalPassFailure();
  }

 private:
  mlir::LogicalResult adopt(mlir::func::FuncOp function) {
    if (!llvm::is_contained(kPhases, function.getName()))
      return function.emitError()
             << "@" << function.getName()
             << " is no phase of a course; they are @step, @evaluate, @summary and @predict";
    drop_unlearnt(function);
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      if (mlir::failed(check_argument(function, index))) return mlir::failure();
    if (mlir::failed(annotate_arguments(function, options_))) return mlir::failure();
    for (unsigned index = 0; index < function.getNumArguments(); ++index)
      if (auto limit = function.getArgAttrOfType<mlir::FloatAttr>(index, kLimitAttribute)) {
        const double most = limit.getValueAsDouble();
        widen_range(function.getArgument(index), {-most, most, 2 * most});
      }
    return check_results(function);
  }

  // Whether share stores or roles give a state.
  bool begins_trained() {
    bool any = false;
    for (auto function : getOperation().getOps<mlir::func::FuncOp>())
      for (unsigned index = 0; index < function.getNumArguments(); ++index) {
        auto kind = function.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute);
        if (!kind || kind.getValue() != kState) continue;
        any |= static_cast<bool>(function.getArgAttr(index, kStoredAttribute));
        any |= llvm::any_of(options_.inputs, [&](const Provision& provision) {
          return argument_name(function, index) == provision.name;
        });
      }
    return any;
  }

  // Also arguments that nothing reads: nobody needs to provide them.
  void drop_unlearnt(mlir::func::FuncOp function) {
    auto end = return_of(function);
    for (unsigned index = function.getNumResults(); index-- > 0;) {
      auto output = function.getResultAttrOfType<mlir::StringAttr>(index, kOutputAttribute);
      const bool learnt = output && llvm::any_of(options_.reveals, [&](const Reveal& reveal) {
                            return output.getValue() == reveal.name;
                          });
      if (learnt || function.getResultAttr(index, kNextAttribute)) continue;
      function.eraseResult(index);
      end->eraseOperand(index);
    }
  }

  static mlir::LogicalResult check_argument(mlir::func::FuncOp function, unsigned index) {
    auto kind = function.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute);
    if (!function.getArgAttrOfType<mlir::StringAttr>(index, kNameAttribute) || !kind)
      return function.emitError() << "argument " << index << " of @" << function.getName()
                                  << " needs a sotto.name and a sotto.kind";
    if (kind.getValue() != kState && kind.getValue() != kBatch)
      return function.emitError() << "argument " << index << " of @" << function.getName() << " is of kind \""
                                  << kind.getValue() << "\": it must be state or batch";
    return mlir::success();
  }

  static mlir::LogicalResult check_results(mlir::func::FuncOp function) {
    for (unsigned index = 0; index < function.getNumResults(); ++index) {
      auto next = function.getResultAttrOfType<mlir::StringAttr>(index, kNextAttribute);
      if (!next) continue;
      const mlir::Type type = function.getResultTypes()[index];
      const bool fits = llvm::any_of(llvm::seq(function.getNumArguments()), [&](unsigned argument) {
        return argument_name(function, argument) == next.getValue() &&
               function.getArgumentTypes()[argument] == type;
      });
      if (!fits)
        return function.emitError() << "result " << index << " of @" << function.getName() << " replaces \""
                                    << next.getValue() << "\", which is no argument of that type";
    }
    return mlir::success();
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> adopt_course(const Options& options) {
  return std::make_unique<AdoptCourse>(options);
}

}  // namespace sotto::passes
