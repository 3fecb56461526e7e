#include "passes/pipeline.h"

#include <fmt/format.h>

#include "base/error.h"
#include "ir/sotto/dialect.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "passes/calibrate/trained.h"
#include "passes/emit/emit.h"
#include "passes/passes.h"

namespace sotto::passes {
namespace {

// file:line:column: message, for the first place that the location knows.
std::string text_of(mlir::Diagnostic& diagnostic) {
  std::string place;
  diagnostic.getLocation()->walk([&](mlir::Location part) {
    auto file = llvm::dyn_cast<mlir::FileLineColLoc>(part);
    if (!file) return mlir::WalkResult::advance();
    place = fmt::format("{}:{}:{}: ", file.getFilename().str(), file.getLine(), file.getColumn());
    return mlir::WalkResult::interrupt();
  });
  return place + diagnostic.str();
}

std::vector<std::unique_ptr<mlir::Pass>> front_passes(const Options& options) {
  std::vector<std::unique_ptr<mlir::Pass>> passes;
  passes.push_back(options.training ? build_training(options)
                   : options.course ? adopt_course(options)
                                    : adopt_program(options));
  passes.push_back(canonicalize());
  return passes;
}

std::vector<std::unique_ptr<mlir::Pass>> back_passes(const Options& options) {
  std::vector<std::unique_ptr<mlir::Pass>> passes;
  passes.push_back(calibrate(options));
  passes.push_back(tabulate(options));
  passes.push_back(raise());
  if (options.guard) passes.push_back(guard());
  passes.push_back(infer_secrecy());
  passes.push_back(lower(options));
  return passes;
}

// The border: whatever a pass reports becomes one error.
void run(mlir::ModuleOp module, std::vector<std::unique_ptr<mlir::Pass>> passes, const Dump& dump) {
  module.getContext()->loadDialect<ir::privacy::SottoDialect>();
  std::string messages;
  mlir::ScopedDiagnosticHandler handler(module.getContext(), [&](mlir::Diagnostic& diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      messages += (messages.empty() ? "" : "\n") + text_of(diagnostic);
  });
  for (auto& pass : passes) {
    const std::string name = pass->getArgument().str();
    mlir::PassManager manager(module.getContext());
    manager.addPass(std::move(pass));
    if (mlir::failed(manager.run(module)))
      throw Error(
          ErrorKind::kModel,
          messages.empty() ? fmt::format("the program cannot be compiled ({})", name) : messages,
          fmt::format("This was found by the pass {}; --dump-after shows the program on its way there.",
                      name));
    if (dump) dump(name, module);
  }
}

}  // namespace

std::vector<std::string> pass_names(const Options& options) {
  std::vector<std::string> names;
  for (const auto& pass : front_passes(options)) names.push_back(pass->getArgument().str());
  for (const auto& pass : back_passes(options)) names.push_back(pass->getArgument().str());
  return names;
}

void prepare_program(mlir::ModuleOp module, const Options& options, const Dump& dump) {
  run(module, front_passes(options), dump);
}

namespace {

// What the training of a model that is to be applied leaves.
std::shared_ptr<const std::map<std::string, ir::Array>> states_after(mlir::ModuleOp model, Options options) {
  options.training = options.trained_as;
  options.prediction = false;
  options.inputs.clear(), options.reveals.clear();
  mlir::OwningOpRef<mlir::ModuleOp> training = model.clone();
  prepare_program(*training, options, {});
  return std::make_shared<const std::map<std::string, ir::Array>>(trained_states(*training, options));
}

}  // namespace

plan::Plan compile(mlir::ModuleOp module, const Options& options, const Dump& dump) {
  Options chosen = options;
  if (options.prediction && options.trained_as) chosen.trained = states_after(module, options);
  prepare_program(module, chosen, dump);
  run(module, back_passes(chosen), dump);
  return emit_plan(module, chosen);
}

}  // namespace sotto::passes
