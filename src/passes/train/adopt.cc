// A program that is no model to be trained but a whole computation: it keeps its arithmetic and gets names.
#include "mlir/Pass/Pass.h"
#include "passes/passes.h"
#include "passes/rebatch/rebatch.h"
#include "passes/rebatch/rowwise.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

struct AdoptProgram : mlir::PassWrapper<AdoptProgram, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(AdoptProgram)
  explicit AdoptProgram(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "adopt"; }

  void runOnOperation() override {
    auto function = entry_function(getOperation());
    if (mlir::failed(function)) return signalPassFailure();
    if (options_.prediction_rows > 0 && mlir::failed(change_batch(*function))) return signalPassFailure();
    for (unsigned index = 0; index < function->getNumArguments(); ++index) {
      set_argument(*function, index, kNameAttribute, argument_name(*function, index));
      set_argument(*function, index, kKindAttribute, kInput.str());
    }
    for (const StateLink& link : options_.states)
      if (mlir::failed(connect(*function, link))) return signalPassFailure();
    for (const Reveal& reveal : options_.reveals)
      if (mlir::failed(name_output(*function, reveal.name))) return signalPassFailure();
    if (options_.prediction_rows > 0) name_rows(*function);
    drop_unused(*function);
    function->setName("step");
    if (mlir::failed(annotate_arguments(*function, options_))) signalPassFailure();
  }

 private:
  mlir::LogicalResult change_batch(mlir::func::FuncOp function) {
    const int data = data_argument(function, options_.inputs.front().name);
    if (data < 0)
      return function.emitError() << "the model has no argument called \"" << options_.inputs.front().name
                                  << "\"";
    return rebatch(function, static_cast<unsigned>(data), options_.prediction_rows);
  }

  void set_argument(mlir::func::FuncOp function, unsigned index, llvm::StringRef attribute,
                    const std::string& text) {
    function.setArgAttr(index, attribute, mlir::StringAttr::get(&getContext(), text));
  }

  // A result is named by its number.
  mlir::FailureOr<unsigned> result_number(mlir::func::FuncOp function, llvm::StringRef text) {
    unsigned number = 0;
    text.consume_front("result");
    if (!text.getAsInteger(10, number) && number < function.getNumResults()) return number;
    return function.emitError() << "\"" << text << "\" is no result: the program has results 0 to "
                                << function.getNumResults() - 1,
           mlir::failure();
  }

  mlir::LogicalResult connect(mlir::func::FuncOp function, const StateLink& link) {
    const int argument = link.input.empty() ? -1 : data_argument(function, link.input);
    if (argument < 0)
      return function.emitError() << "the program has no argument called \"" << link.input << "\"";
    auto number = result_number(function, link.output);
    if (mlir::failed(number)) return mlir::failure();
    if (function.getArgumentTypes()[argument] != function.getResultTypes()[*number])
      return function.emitError() << "state \"" << link.input << "\" is "
                                  << function.getArgumentTypes()[argument] << ", but result " << *number
                                  << " is " << function.getResultTypes()[*number];
    set_argument(function, argument, kKindAttribute, kState.str());
    function.setResultAttr(*number, kNextAttribute, mlir::StringAttr::get(&getContext(), link.input));
    return mlir::success();
  }

  mlir::LogicalResult name_output(mlir::func::FuncOp function, const std::string& name) {
    if (name == "model") return mlir::success();
    auto number = result_number(function, name);
    if (mlir::failed(number)) return mlir::failure();
    function.setResultAttr(*number, kOutputAttribute, mlir::StringAttr::get(&getContext(), name));
    return mlir::success();
  }

  // Where every revealed result is made row by row, a batch that is not full can be filled up.
  void name_rows(mlir::func::FuncOp function) {
    const auto name = options_.inputs.front().name;
    const auto index = static_cast<unsigned>(data_argument(function, name));
    const auto rowwise = rowwise_results(function, index);
    for (unsigned result = 0; result < function.getNumResults(); ++result)
      if (function.getResultAttr(result, kOutputAttribute) && !rowwise[result]) return;
    for (unsigned result = 0; result < function.getNumResults(); ++result)
      if (function.getResultAttr(result, kOutputAttribute))
        function.setResultAttr(result, kRowsOfAttribute,
                               mlir::StringAttr::get(&getContext(), argument_name(function, index)));
  }

  // Outputs that nobody asked for (a loss for the log) cost nothing, and nobody provides what nothing reads.
  void drop_unused(mlir::func::FuncOp function) {
    auto end = return_of(function);
    for (unsigned index = function.getNumResults(); index-- > 0;) {
      if (function.getResultAttr(index, kNextAttribute) || function.getResultAttr(index, kOutputAttribute))
        continue;
      function.eraseResult(index);
      end->eraseOperand(index);
    }
    for (unsigned index = function.getNumArguments(); index-- > 0;)
      if (function.getArgument(index).use_empty() && !is_replaced(function, index))
        function.eraseArgument(index);
  }

  // A state's result stays, and with it the state, whether or not it is read.
  static bool is_replaced(mlir::func::FuncOp function, unsigned index) {
    return llvm::any_of(llvm::seq(function.getNumResults()), [&](unsigned result) {
      auto next = function.getResultAttrOfType<mlir::StringAttr>(result, kNextAttribute);
      return next && next.getValue() == argument_name(function, index);
    });
  }

  Options options_;
};

}  // namespace

std::unique_ptr<mlir::Pass> adopt_program(const Options& options) {
  return std::make_unique<AdoptProgram>(options);
}

}  // namespace sotto::passes
