#include "ir/interpreter/interpreter.h"

#include <memory>

#include "ir/interpreter/rows.h"
#include "ir/interpreter/strided.h"

namespace sotto::ir {
namespace {

// A function with one result as a row's function.
template <Array (*function)(mlir::Operation*, Operands)>
mlir::FailureOr<Results> one(mlir::Operation* op, Operands operands) {
  Results results;
  results.push_back(function(op, operands));
  return results;
}

struct Row {
  llvm::StringLiteral name;
  Function function;
};

constexpr Row kTable[] = {
    {"stablehlo.abs", one<evaluate_abs>},
    {"stablehlo.add", one<evaluate_add>},
    {"stablehlo.and", one<evaluate_and>},
    {"stablehlo.broadcast_in_dim", one<evaluate_broadcast>},
    {"stablehlo.ceil", one<evaluate_ceil>},
    {"stablehlo.clamp", one<evaluate_clamp>},
    {"stablehlo.compare", one<evaluate_compare>},
    {"stablehlo.concatenate", one<evaluate_concatenate>},
    {"stablehlo.constant", one<evaluate_constant>},
    {"stablehlo.convert", one<evaluate_convert>},
    {"stablehlo.convolution", one<evaluate_convolution>},
    {"stablehlo.cosine", one<evaluate_cosine>},
    {"stablehlo.custom_call", evaluate_check},
    {"stablehlo.divide", one<evaluate_divide>},
    {"stablehlo.dot_general", one<evaluate_dot_general>},
    {"stablehlo.dynamic_slice", one<evaluate_dynamic_slice>},
    {"stablehlo.dynamic_update_slice", one<evaluate_dynamic_update_slice>},
    {"stablehlo.exponential", one<evaluate_exponential>},
    {"stablehlo.exponential_minus_one", one<evaluate_exponential_minus_one>},
    {"stablehlo.floor", one<evaluate_floor>},
    {"stablehlo.gather", one<evaluate_gather>},
    {"stablehlo.iota", one<evaluate_iota>},
    {"stablehlo.log", one<evaluate_log>},
    {"stablehlo.log_plus_one", one<evaluate_log_plus_one>},
    {"stablehlo.logistic", one<evaluate_logistic>},
    {"stablehlo.maximum", one<evaluate_maximum>},
    {"stablehlo.minimum", one<evaluate_minimum>},
    {"stablehlo.multiply", one<evaluate_multiply>},
    {"stablehlo.negate", one<evaluate_negate>},
    {"stablehlo.not", one<evaluate_not>},
    {"stablehlo.or", one<evaluate_or>},
    {"stablehlo.pad", one<evaluate_pad>},
    {"stablehlo.power", one<evaluate_power>},
    {"stablehlo.reduce", evaluate_reduce},
    {"stablehlo.reduce_window", evaluate_reduce_window},
    {"stablehlo.reshape", one<evaluate_reshape>},
    {"stablehlo.reverse", one<evaluate_reverse>},
    {"stablehlo.round_nearest_afz", one<evaluate_round>},
    {"stablehlo.rsqrt", one<evaluate_rsqrt>},
    {"stablehlo.scatter", evaluate_scatter},
    {"stablehlo.select", one<evaluate_select>},
    {"stablehlo.select_and_scatter", evaluate_select_and_scatter},
    {"stablehlo.sign", one<evaluate_sign>},
    {"stablehlo.sine", one<evaluate_sine>},
    {"stablehlo.slice", one<evaluate_slice>},
    {"stablehlo.sqrt", one<evaluate_sqrt>},
    {"stablehlo.subtract", one<evaluate_subtract>},
    {"stablehlo.tanh", one<evaluate_tanh>},
    {"stablehlo.transpose", one<evaluate_transpose>},
    {"stablehlo.xor", one<evaluate_xor>},
};

// The values of a block while it runs. Results are dropped after their last use.
class Environment {
 public:
  void borrow(mlir::Value value, const Array& array) { slots_[value].array = &array; }
  void own(mlir::Value value, Array array) {
    if (value.use_empty()) return;
    Slot& slot = slots_[value];
    slot.owned = std::make_unique<Array>(std::move(array));
    slot.array = slot.owned.get();
    slot.uses_left = std::distance(value.use_begin(), value.use_end());
  }
  llvm::SmallVector<const Array*> operands(mlir::Operation& op) const {
    llvm::SmallVector<const Array*> arrays;
    for (mlir::Value operand : op.getOperands()) arrays.push_back(slots_.find(operand)->second.array);
    return arrays;
  }
  void release_operands(mlir::Operation& op) {
    for (mlir::Value operand : op.getOperands()) {
      auto slot = slots_.find(operand);
      if (slot->second.owned && --slot->second.uses_left == 0) slot->second.owned.reset();
    }
  }

  // What the last operation gives away: moved where nothing else needs it.
  Results take_operands(mlir::Operation& terminator) {
    Results results;
    for (mlir::Value operand : terminator.getOperands()) {
      Slot& slot = slots_.find(operand)->second;
      const bool last = slot.owned && --slot.uses_left == 0;
      results.push_back(last ? std::move(*slot.owned) : *slot.array);
    }
    return results;
  }

 private:
  struct Slot {
    const Array* array = nullptr;
    std::unique_ptr<Array> owned;  // unless the caller's
    std::int64_t uses_left = 0;
  };
  llvm::DenseMap<mlir::Value, Slot> slots_;
};

mlir::LogicalResult check_inputs(mlir::func::FuncOp function, llvm::ArrayRef<Array> inputs) {
  if (inputs.size() != function.getNumArguments())
    return function.emitError() << "takes " << function.getNumArguments() << " inputs but " << inputs.size()
                                << " were given";
  for (auto [i, input] : llvm::enumerate(inputs)) {
    mlir::Type type = function.getArgument(i).getType();
    if (!llvm::isa<mlir::RankedTensorType>(type))
      return function.emitError() << "argument " << i << " is " << type << "; the interpreter takes tensors";
    if (input.shape() != shape_of(type) || input.type() != element_type(type))
      return function.emitError() << "argument " << i << " is " << type << " but the input has type "
                                  << std::string(to_string(input.type())) << " and shape "
                                  << sotto::to_string(input.shape());
  }
  return mlir::success();
}

}  // namespace

Function find_function(llvm::StringRef operation) {
  const Row* row = llvm::find_if(kTable, [&](const Row& candidate) { return candidate.name == operation; });
  return row == std::end(kTable) ? nullptr : row->function;
}

mlir::FailureOr<Results> evaluate_body(mlir::Block& body, Operands arguments) {
  Environment environment;
  const Shape& lanes = arguments[0]->shape();
  for (auto [argument, array] : llvm::zip(body.getArguments(), arguments))
    environment.borrow(argument, *array);
  for (mlir::Operation& op : body.without_terminator()) {
    Function function = find_function(op.getName().getStringRef());
    if (!function) return op.emitOpError("has no meaning in the interpreter");
    mlir::FailureOr<Results> results = function(&op, environment.operands(op));
    if (mlir::failed(results)) return mlir::failure();
    // A constant is one scalar: every lane gets it.
    if (op.getNumOperands() == 0) {
      Strides same{.offset = 0, .steps = Shape(lanes.size(), 0)};
      (*results)[0] = view((*results)[0], same, lanes);
    }
    environment.release_operands(op);
    environment.own(op.getResult(0), std::move((*results)[0]));
  }
  return environment.take_operands(body.back());
}

mlir::FailureOr<std::vector<Array>> evaluate(mlir::func::FuncOp function, llvm::ArrayRef<Array> inputs,
                                             const Observer& observer) {
  if (mlir::failed(check_inputs(function, inputs))) return mlir::failure();
  mlir::Block& block = function.getBody().front();
  Environment environment;
  for (auto [argument, array] : llvm::zip(block.getArguments(), inputs)) environment.borrow(argument, array);
  for (mlir::Operation& op : block.without_terminator()) {
    Function row = find_function(op.getName().getStringRef());
    if (!row) return op.emitOpError("has no meaning in the interpreter");
    mlir::FailureOr<Results> results = row(&op, environment.operands(op));
    if (mlir::failed(results)) return mlir::failure();
    environment.release_operands(op);
    for (auto [i, array] : llvm::enumerate(*results)) {
      if (observer) observer(&op, i, array);
      environment.own(op.getResult(i), std::move(array));
    }
  }
  return environment.take_operands(block.back());
}

}  // namespace sotto::ir
