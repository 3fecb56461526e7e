#include "ir/stablehlo/dialect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

// clang-format off
#include "ir/stablehlo/dialect.cc.inc"
#include "ir/stablehlo/enums.cc.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/stablehlo/attributes.cc.inc"
// clang-format on

namespace sotto::ir::stablehlo {

void StablehloDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/stablehlo/attributes.cc.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "ir/stablehlo/ops.cc.inc"
      >();
}

mlir::Operation* StablehloDialect::materializeConstant(mlir::OpBuilder& builder, mlir::Attribute value,
                                                       mlir::Type type, mlir::Location location) {
  auto elements = llvm::dyn_cast<mlir::ElementsAttr>(value);
  if (!elements || elements.getType() != type) return nullptr;
  return builder.create<ConstantOp>(location, elements);
}

std::vector<std::string> supported_operations(mlir::MLIRContext& context) {
  std::vector<std::string> names;
  for (mlir::RegisteredOperationName name : context.getRegisteredOperations()) {
    if (name.getDialectNamespace() == StablehloDialect::getDialectNamespace())
      names.push_back(name.getStringRef().str());
  }
  llvm::sort(names);
  return names;
}

std::string unsupported_operation(mlir::MLIRContext& context, llvm::StringRef name) {
  return ("operation '" + name + "' is not supported; supported are: " +
          llvm::join(supported_operations(context), ", ") + ", func.func, func.call, func.return")
      .str();
}

static mlir::ParseResult refuse_operation(mlir::OpAsmParser& parser, mlir::OperationState& state) {
  // Not parser.emitError, which would put "custom op" and the name in front.
  return mlir::emitError(parser.getEncodedSourceLoc(parser.getNameLoc()),
                         unsupported_operation(*state.getContext(), state.name.getStringRef()));
}

std::optional<mlir::Dialect::ParseOpHook> StablehloDialect::getParseOperationHook(llvm::StringRef) const {
  return ParseOpHook(refuse_operation);
}

}  // namespace sotto::ir::stablehlo
