#include "passes/support/tensors.h"

#include "mlir/IR/IRMapping.h"

namespace sotto::passes {

mlir::Value splat(mlir::OpBuilder& builder, mlir::Location location, mlir::Type type, double value) {
  auto tensor = llvm::cast<mlir::RankedTensorType>(type);
  auto element = builder.getFloatAttr(tensor.getElementType(), value);
  return builder.create<hlo::ConstantOp>(location, tensor, mlir::DenseElementsAttr::get(tensor, element));
}

std::optional<double> splat_value(mlir::Value value) {
  mlir::Operation* op = value.getDefiningOp();
  if (!op) return std::nullopt;
  if (llvm::isa<hlo::BroadcastInDimOp, hlo::ReshapeOp, hlo::TransposeOp>(op))
    return splat_value(op->getOperand(0));
  auto constant = llvm::dyn_cast<hlo::ConstantOp>(op);
  if (!constant || !is_float(value)) return std::nullopt;
  auto elements = llvm::dyn_cast<mlir::DenseElementsAttr>(constant.getValue());
  if (!elements || !elements.isSplat()) return std::nullopt;
  return elements.getSplatValue<llvm::APFloat>().convertToDouble();
}

bool is_unbounded_constant(mlir::Value value) {
  mlir::Operation* op = value.getDefiningOp();
  if (llvm::isa_and_nonnull<hlo::BroadcastInDimOp, hlo::ReshapeOp, hlo::TransposeOp>(op))
    return is_unbounded_constant(op->getOperand(0));
  auto constant = value.getDefiningOp<hlo::ConstantOp>();
  if (!constant || !is_float(value)) return false;
  return llvm::any_of(constant.getValue().getValues<llvm::APFloat>(),
                      [](const llvm::APFloat& element) { return !element.isFinite(); });
}

mlir::Value reduce_sum(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand,
                       llvm::ArrayRef<int64_t> dimensions) {
  if (dimensions.empty()) return operand;
  auto scalar = tensor_type(operand).clone(llvm::ArrayRef<int64_t>());
  mlir::Value zero = splat(builder, location, scalar, 0);
  return builder.create<hlo::ReduceOp>(location, operand, zero, dimensions, "stablehlo.add").getResult(0);
}

mlir::Value broadcast(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand,
                      llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> kept) {
  return builder.create<hlo::BroadcastInDimOp>(location, tensor_type(operand).clone(shape), operand,
                                               builder.getDenseI64ArrayAttr(kept));
}

mlir::Value times(mlir::OpBuilder& builder, mlir::Location location, mlir::Value operand, double factor) {
  if (factor == 1) return operand;
  mlir::Value constant = splat(builder, location, operand.getType(), factor);
  return builder.create<hlo::MultiplyOp>(location, operand, constant);
}

llvm::SmallVector<int64_t> dimensions_without(int64_t count, llvm::ArrayRef<int64_t> without) {
  llvm::SmallVector<int64_t> dimensions;
  for (int64_t i = 0; i < count; ++i)
    if (!llvm::is_contained(without, i)) dimensions.push_back(i);
  return dimensions;
}

// Whether folding by an operation of that name may start with this value. Any finite start below the data
// would do for maxima; frameworks write minus infinity (or the lowest number of the type).
static bool is_neutral(llvm::StringRef name, mlir::Value start) {
  const auto value = splat_value(start);
  if (name == "stablehlo.add") return value == 0.0;
  return name == "stablehlo.maximum" && value && *value <= -1e30;
}

bool is_reduction(mlir::Operation* op, llvm::StringRef name) {
  auto reduce = llvm::dyn_cast_or_null<hlo::ReduceOp>(op);
  return reduce && reduce.getInputs().size() == 1 && reduce.single_operation() == name &&
         is_neutral(name, reduce.getInitValues().front());
}

bool is_window_reduction(mlir::Operation* op, llvm::StringRef name) {
  auto reduce = llvm::dyn_cast_or_null<hlo::ReduceWindowOp>(op);
  return reduce && reduce.getInputs().size() == 1 && reduce.single_operation() == name &&
         is_neutral(name, reduce.getInitValues().front());
}

bool is_window_maximum_gradient(mlir::Operation* op) {
  auto scatter = llvm::dyn_cast_or_null<hlo::SelectAndScatterOp>(op);
  return scatter && scatter.select_direction() == hlo::ComparisonDirection::GE &&
         scatter.scatter_operation() == "stablehlo.add" && splat_value(scatter.getInitValue()) == 0.0;
}

std::string argument_name(mlir::func::FuncOp function, unsigned index) {
  if (auto name = function.getArgAttrOfType<mlir::StringAttr>(index, kNameAttribute)) return name.str();
  return "arg" + std::to_string(index);
}

mlir::FailureOr<mlir::func::FuncOp> entry_function(mlir::ModuleOp module) {
  if (auto main = module.lookupSymbol<mlir::func::FuncOp>("main")) return main;
  llvm::SmallVector<mlir::func::FuncOp> candidates;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    if (function.isPublic()) candidates.push_back(function);
  if (candidates.size() == 1) return candidates.front();
  return module.emitError() << "the program must have one public function or one called main; it has "
                            << candidates.size() << " public functions",
         mlir::failure();
}

llvm::SmallVector<mlir::Value> clone_body(mlir::OpBuilder& builder, mlir::func::FuncOp source,
                                          mlir::ValueRange arguments) {
  mlir::IRMapping mapping;
  mapping.map(source.getArguments(), arguments);
  for (mlir::Operation& op : source.getBody().front().without_terminator()) builder.clone(op, mapping);
  llvm::SmallVector<mlir::Value> results;
  for (mlir::Value value : return_of(source).getOperands()) results.push_back(mapping.lookupOrDefault(value));
  return results;
}

}  // namespace sotto::passes
