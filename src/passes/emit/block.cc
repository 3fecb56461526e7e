#include "passes/emit/block.h"

#include <fmt/format.h>

#include "base/error.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/Location.h"
#include "passes/lower/lowering.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

// file:line:column, the innermost where locations are nested.
std::string source_of(mlir::Location location) {
  std::string text;
  location->walk([&](mlir::Location part) {
    auto place = llvm::dyn_cast<mlir::FileLineColLoc>(part);
    if (!place) return mlir::WalkResult::advance();
    text = fmt::format("{}:{}:{}", place.getFilename().str(), place.getLine(), place.getColumn());
    return mlir::WalkResult::interrupt();
  });
  return text;
}

// The kernel's attributes are the operation's under the same names; names with a dot are notes of passes.
void copy_attributes(mlir::Operation* op, plan::Operation& operation) {
  for (mlir::NamedAttribute named : op->getAttrs()) {
    const std::string name = named.getName().str();
    if (name.find('.') != std::string::npos) continue;
    llvm::TypeSwitch<mlir::Attribute>(named.getValue())
        .Case([&](mlir::IntegerAttr a) { plan::set_attribute(operation, name, std::int64_t{a.getInt()}); })
        .Case([&](mlir::FloatAttr a) { plan::set_attribute(operation, name, a.getValueAsDouble()); })
        .Case(
            [&](mlir::StringAttr a) { plan::set_attribute(operation, name, std::string_view(a.getValue())); })
        .Case([&](mlir::DenseI64ArrayAttr a) {
          plan::set_attribute(operation, name, std::vector<std::int64_t>(a.asArrayRef()));
        })
        .Case([&](mlir::DenseF64ArrayAttr a) {
          plan::set_attribute(operation, name, std::vector<double>(a.asArrayRef()));
        });
  }
}

class BlockEmitter {
 public:
  BlockEmitter(plan::Plan& plan, Tables& tables, mlir::func::FuncOp function)
      : plan_(plan), tables_(tables), function_(function), block_(*plan.add_blocks()) {}

  plan::Block& run(Outputs& outputs) {
    block_.set_name(function_.getName().str());
    for (unsigned index = 0; index < function_.getNumArguments(); ++index) emit_argument(index);
    for (mlir::Operation& op : function_.getBody().front().without_terminator()) emit(op);
    emit_results(outputs);
    return block_;
  }

 private:
  void emit_argument(unsigned index) {
    const auto argument = function_.getArgument(index);
    const auto value = tables_.argument(function_, index);
    ids_[argument] = value;
    if (function_.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute).getValue() != kBatch) return;
    auto& operation = *block_.add_operations();
    operation.set_kernel("batch");
    operation.add_operands(value);
    ids_[argument] = tables_.add_value(argument_name(function_, index) + ".batch", argument.getType());
    operation.add_results(ids_[argument]);
  }

  void emit(mlir::Operation& op) {
    auto& operation = *block_.add_operations();
    operation.set_kernel(op.getName().stripDialect().str());
    operation.set_source(source_of(op.getLoc()));
    for (mlir::Value operand : op.getOperands()) operation.add_operands(ids_.lookup(operand));
    for (mlir::Value result : op.getResults()) {
      ids_[result] = tables_.add_value(
          fmt::format("{}.{}{}", block_.name(), operation.kernel(), plan_.values_size()), result.getType());
      operation.add_results(ids_[result]);
    }
    copy_attributes(&op, operation);
    if (auto schedule = op.getAttrOfType<mlir::DenseI64ArrayAttr>(kScheduleAttribute))
      operation.set_schedule(1 + tables_.schedule(schedule.asArrayRef()));
  }

  void emit_results(Outputs& outputs) {
    for (auto [index, result] : llvm::enumerate(return_of(function_).getOperands())) {
      const auto id = ids_.lookup(result);
      if (auto next = function_.getResultAttrOfType<mlir::StringAttr>(index, kNextAttribute)) {
        auto& update = *block_.add_updates();
        update.set_state(tables_.state(next.str()));
        update.set_next(id);
      }
      if (auto output = function_.getResultAttrOfType<mlir::StringAttr>(index, kOutputAttribute))
        outputs[output.str()] = id;
    }
  }

  plan::Plan& plan_;
  Tables& tables_;
  mlir::func::FuncOp function_;
  plan::Block& block_;
  llvm::DenseMap<mlir::Value, std::uint32_t> ids_;
};

}  // namespace

plan::Block& emit_block(plan::Plan& plan, Tables& tables, mlir::func::FuncOp function, Outputs& outputs) {
  return BlockEmitter(plan, tables, function).run(outputs);
}

}  // namespace sotto::passes
