#include "passes/train/train.h"

#include "mlir/Pass/Pass.h"
#include "passes/differentiate/differentiate.h"
#include "passes/optimizer/optimizer.h"
#include "passes/passes.h"
#include "passes/rebatch/rebatch.h"
#include "passes/train/arguments.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using mlir::func::FuncOp;

// A function under construction with named arguments and results.
class Builder {
 public:
  Builder(mlir::ModuleOp module, llvm::StringRef name)
      : builder_(module.getContext()),
        function_(FuncOp::create(module.getLoc(), name, builder_.getFunctionType({}, {}))) {
    module.push_back(function_);
    builder_.setInsertionPointToStart(function_.addEntryBlock());
  }

  mlir::OpBuilder& ops() { return builder_; }
  mlir::Location location() { return function_.getLoc(); }

  Value argument(llvm::StringRef name, llvm::StringRef kind, mlir::Type type, mlir::Location location) {
    const unsigned index = function_.getNumArguments();
    function_.insertArgument(index, type, builder_.getDictionaryAttr({}), location);
    function_.setArgAttr(index, kNameAttribute, builder_.getStringAttr(name));
    function_.setArgAttr(index, kKindAttribute, builder_.getStringAttr(kind));
    return function_.getArgument(index);
  }

  void next(llvm::StringRef state, Value value) {
    states_.push_back(state.str());
    results_.push_back(value);
  }

  void finish() {
    builder_.create<mlir::func::ReturnOp>(location(), results_);
    function_.setFunctionType(
        builder_.getFunctionType(function_.getArgumentTypes(), mlir::ValueRange(results_).getTypes()));
    for (auto [index, state] : llvm::enumerate(states_))
      function_.setResultAttr(index, kNextAttribute, builder_.getStringAttr(state));
  }

 private:
  mlir::OpBuilder builder_;
  FuncOp function_;
  llvm::SmallVector<Value> results_;
  std::vector<std::string> states_;
};

struct BuildTraining : mlir::PassWrapper<BuildTraining, mlir::OperationPass<mlir::ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(BuildTraining)
  explicit BuildTraining(const Options& options) : options_(options) {}
  llvm::StringRef getArgument() const final { return "train"; }

  void runOnOperation() override {
    auto model = entry_function(getOperation());
    if (mlir::failed(model) || mlir::failed(check(*model))) return signalPassFailure();
    FuncOp evaluated = model->clone();
    getOperation().push_back(evaluated);
    evaluated.setName("evaluated");
    const auto test_batch = evaluation_batch(training().test_rows, training().batch);
    if (mlir::failed(rebatch(*model, data_, training().batch)) || mlir::failed(build_step(*model)) ||
        mlir::failed(rebatch(evaluated, data_, test_batch)))
      return signalPassFailure();
    build_evaluate(evaluated);
    model->erase();
    evaluated.erase();
    for (auto function : getOperation().getOps<FuncOp>())
      if (mlir::failed(annotate_arguments(function, options_))) return signalPassFailure();
  }

 private:
  mlir::LogicalResult check(FuncOp model) {
    const int data = data_argument(model, training().data.name);
    if (data < 0) {
      auto error =
          model.emitError() << "the model has no argument called \"" << training().data.name
                            << "\": name the one that takes the batch with --data NAME=ROLE:ENCODING, out of";
      for (unsigned index = 0; index < model.getNumArguments(); ++index)
        error << (index == 0 ? " " : ", ") << argument_name(model, index);
      return error;
    }
    data_ = data;
    // The command line may leave it to be found; from here on it has its name.
    options_.training->data.name = argument_name(model, data_);
    for (Value argument : model.getArguments())
      if (!is_float(argument)) return model.emitError("a model that is trained takes float tensors only");
    if (model.getNumResults() != 1)
      return model.emitError("a model that is trained must return its logits and nothing else");
    auto logits = return_of(model).getOperand(0);
    if (!is_float(logits) || shape_of(logits).size() != 2)
      return model.emitError() << "logits must have two dimensions, rows and classes; they are "
                               << logits.getType();
    return check_labels(model, shape_of(logits)[1]);
  }

  mlir::LogicalResult check_labels(FuncOp model, int64_t columns) {
    auto& labels = options_.training->labels;
    switch (training().loss) {
      case Loss::kSoftmaxCrossEntropy:
        if (labels.encoding.empty()) labels.encoding = "one_hot:" + std::to_string(columns);
        break;
      case Loss::kLogistic:
        if (columns != 1)
          return model.emitError() << "the logistic loss takes one logit a row; there are " << columns;
        options_.limits.try_emplace(labels.name, 1);
        break;
      case Loss::kSquaredError:
        break;
    }
    return mlir::success();
  }

  // The model's arguments in another function: parameters under their names, x in the data's place.
  llvm::SmallVector<Value> arguments(Builder& builder, FuncOp model, llvm::StringRef prefix) {
    llvm::SmallVector<Value> values;
    for (auto [index, argument] : llvm::enumerate(model.getArguments())) {
      const bool data = index == data_;
      const auto name = (data ? prefix : "").str() + argument_name(model, index);
      values.push_back(builder.argument(name, data ? kBatch : kState, argument.getType(), argument.getLoc()));
    }
    return values;
  }

  // Parameters with the states that the optimizer keeps beside each, as arguments under their names.
  std::vector<Parameter> with_states(Builder& step, llvm::ArrayRef<std::string> names,
                                     mlir::ValueRange parameters) {
    std::vector<Parameter> all;
    for (auto [name, parameter] : llvm::zip(names, parameters)) {
      all.push_back({.value = parameter, .gradient = {}, .states = {}});
      for (llvm::StringRef prefix : optimizer_states(training()))
        all.back().states.push_back(
            step.argument((prefix + name).str(), kState, parameter.getType(), parameter.getLoc()));
    }
    return all;
  }

  PublicStep count_step(Builder& step, mlir::Type element) {
    llvm::SmallVector<Value> numbers;
    for (llvm::StringRef name : public_states(training()))
      numbers.push_back(
          step.argument(name, kState, mlir::RankedTensorType::get({}, element), step.location()));
    return public_step(step.ops(), step.location(), training(), numbers);
  }

  void replace_states(Builder& step, llvm::ArrayRef<std::string> names, llvm::ArrayRef<Updated> updated,
                      const PublicStep& shared) {
    for (auto [name, parameter] : llvm::zip(names, updated)) step.next(name, parameter.value);
    for (auto [number, prefix] : llvm::enumerate(optimizer_states(training())))
      for (auto [name, parameter] : llvm::zip(names, updated))
        step.next((prefix + name).str(), parameter.states[number]);
    for (auto [name, number] : llvm::zip(public_states(training()), shared.states)) step.next(name, number);
  }

  mlir::LogicalResult build_step(FuncOp model) {
    Builder step(getOperation(), "step");
    const auto values = arguments(step, model, "");
    llvm::SmallVector<Value> parameters(values);
    parameters.erase(parameters.begin() + data_);
    std::vector<std::string> names;
    for (unsigned index = 0; index < model.getNumArguments(); ++index)
      if (index != data_) names.push_back(argument_name(model, index));
    auto moved = with_states(step, names, parameters);
    const Value logits_like = return_of(model).getOperand(0);
    const PublicStep shared = count_step(step, tensor_type(logits_like).getElementType());
    const Value labels =
        step.argument(training().labels.name, kBatch, logits_like.getType(), logits_like.getLoc());
    const Value logits = clone_body(step.ops(), model, values).front();
    auto slopes = gradients(step.ops(), logits, loss_gradient(step.ops(), logits, labels), parameters);
    if (mlir::failed(slopes)) return mlir::failure();
    llvm::SmallVector<Updated> updated;
    for (auto [parameter, gradient] : llvm::zip(moved, *slopes)) {
      parameter.gradient = gradient;
      updated.push_back(update(step.ops(), parameter.value.getLoc(), training(), parameter, shared.rate));
    }
    replace_states(step, names, updated, shared);
    step.finish();
    return mlir::success();
  }

  Value loss_gradient(mlir::OpBuilder& builder, Value logits, Value labels) {
    switch (training().loss) {
      case Loss::kSoftmaxCrossEntropy:
        return cross_entropy_gradient(builder, logits.getLoc(), logits, labels);
      case Loss::kLogistic:
        return logistic_gradient(builder, logits.getLoc(), logits, labels);
      case Loss::kSquaredError:
        return squared_error_gradient(builder, logits.getLoc(), logits, labels);
    }
    llvm_unreachable("every loss has its gradient");
  }

  void build_evaluate(FuncOp model) {
    Builder evaluate(getOperation(), "evaluate");
    const auto values = arguments(evaluate, model, kTestPrefix);
    const Value logits_like = return_of(model).getOperand(0);
    const Value labels = evaluate.argument(kTestPrefix.str() + training().labels.name, kBatch,
                                           logits_like.getType(), logits_like.getLoc());
    auto scalar = tensor_type(labels).clone(llvm::ArrayRef<int64_t>());
    llvm::SmallVector<Value> before;
    const auto measures = measured();
    for (llvm::StringRef measure : measures)
      before.push_back(evaluate.argument(measure, kState, scalar, labels.getLoc()));
    const Value logits = clone_body(evaluate.ops(), model, values).front();
    for (auto [measure, sum] : llvm::zip(measures, before)) {
      const Value here = measure == kCorrect ? correct(evaluate.ops(), logits, labels)
                                             : mean_loss(evaluate.ops(), logits, labels);
      evaluate.next(measure, evaluate.ops().create<hlo::AddOp>(logits.getLoc(), sum, here));
    }
    evaluate.finish();
  }

  // What @evaluate adds up. The loss costs rounds and is left out where nobody is to learn it.
  llvm::SmallVector<llvm::StringRef> measured() const {
    const bool loss =
        std::ranges::any_of(options_.reveals, [](const Reveal& reveal) { return kLoss == reveal.name; });
    if (training().loss == Loss::kSquaredError) return {kLoss};
    return loss ? llvm::SmallVector<llvm::StringRef>{kCorrect, kLoss}
                : llvm::SmallVector<llvm::StringRef>{kCorrect};
  }

  Value correct(mlir::OpBuilder& builder, Value logits, Value labels) {
    return training().loss == Loss::kLogistic ? count_correct_signs(builder, logits.getLoc(), logits, labels)
                                              : count_correct(builder, logits.getLoc(), logits, labels);
  }

  // A batch's part of the mean over the test rows.
  Value mean_loss(mlir::OpBuilder& builder, Value logits, Value labels) {
    return times(builder, logits.getLoc(), loss(builder, logits, labels),
                 1 / static_cast<double>(training().test_rows));
  }

  Value loss(mlir::OpBuilder& builder, Value logits, Value labels) {
    switch (training().loss) {
      case Loss::kSoftmaxCrossEntropy:
        return cross_entropy(builder, logits.getLoc(), logits, labels);
      case Loss::kLogistic:
        return logistic_loss(builder, logits.getLoc(), logits, labels);
      case Loss::kSquaredError:
        return squared_error(builder, logits.getLoc(), logits, labels);
    }
    llvm_unreachable("every loss has its value");
  }

  const Training& training() const { return *options_.training; }

  Options options_;
  unsigned data_ = 0;
};

}  // namespace

std::unique_ptr<mlir::Pass> build_training(const Options& options) {
  return std::make_unique<BuildTraining>(options);
}

std::int64_t evaluation_batch(std::int64_t rows, std::int64_t batch) {
  std::int64_t divisor = std::min(rows, batch);
  while (divisor > 1 && rows % divisor != 0) --divisor;
  return divisor;
}

int data_argument(FuncOp model, const std::string& name) {
  if (name.empty()) return static_cast<int>(model.getNumArguments()) - 1;
  for (unsigned index = 0; index < model.getNumArguments(); ++index)
    if (argument_name(model, index) == name) return static_cast<int>(index);
  return -1;
}

namespace {

// How many products with the weight are summed for one output of the layer; 0 when the operation is none.
std::int64_t summed_extent(mlir::Operation* layer, Value weight) {
  if (auto convolution = llvm::dyn_cast_or_null<hlo::ConvolutionOp>(layer)) {
    if (convolution.getRhs() != weight) return 0;
    const auto given = convolution.getDimensionNumbers().getKernelOutputFeatureDimension();
    return tensor_type(weight).getNumElements() / std::max<std::int64_t>(shape_of(weight)[given], 1);
  }
  auto dot = llvm::dyn_cast_or_null<hlo::DotGeneralOp>(layer);
  if (!dot) return 0;
  const auto numbers = dot.getDotDimensionNumbers();
  const auto summed =
      dot.getRhs() == weight ? numbers.getRhsContractingDimensions() : numbers.getLhsContractingDimensions();
  std::int64_t extent = 1;
  for (int64_t dimension : summed) extent *= shape_of(weight)[dimension];
  return extent;
}

// The layer that a value comes from through moves.
mlir::Operation* layer_of(Value value) {
  mlir::Operation* op = value.getDefiningOp();
  while (llvm::isa_and_nonnull<hlo::ReshapeOp, hlo::TransposeOp>(op)) op = op->getOperand(0).getDefiningOp();
  return op;
}

// Through moves to the addition, and from there to the layer's weight.
std::int64_t fan_in_of_bias(Value bias) {
  for (mlir::Operation* user : bias.getUsers()) {
    if (llvm::isa<hlo::BroadcastInDimOp, hlo::ReshapeOp>(user))
      if (const auto found = fan_in_of_bias(user->getResult(0))) return found;
    if (!llvm::isa<hlo::AddOp>(user)) continue;
    for (Value operand : user->getOperands())
      if (mlir::Operation* layer = layer_of(operand); layer && layer->getNumOperands() == 2)
        if (const auto found = summed_extent(layer, layer->getOperand(1))) return found;
  }
  return 0;
}

// The first product that the weight enters: gradients use it again.
mlir::Operation* first_layer(Value weight) {
  mlir::Operation* first = nullptr;
  for (mlir::Operation* user : weight.getUsers())
    if (summed_extent(user, weight) != 0 && (!first || user->isBeforeInBlock(first))) first = user;
  return first;
}

}  // namespace

std::int64_t fan_in(FuncOp function, unsigned argument) {
  const Value value = function.getArgument(argument);
  mlir::Operation* layer = first_layer(value);
  return layer ? summed_extent(layer, value) : fan_in_of_bias(value);
}

std::int64_t fan_out(FuncOp function, unsigned argument) {
  const Value value = function.getArgument(argument);
  mlir::Operation* layer = first_layer(value);
  if (!layer) return 0;
  auto convolution = llvm::dyn_cast<hlo::ConvolutionOp>(layer);
  if (!convolution) return tensor_type(value).getNumElements() / summed_extent(layer, value);
  const auto taken = convolution.getDimensionNumbers().getKernelInputFeatureDimension();
  return tensor_type(value).getNumElements() / shape_of(value)[taken];
}

}  // namespace sotto::passes
