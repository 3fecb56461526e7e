#include "ir/sotto/dialect.h"

#include "ir/sotto/dialect.cc.inc"
#include "ir/sotto/enums.cc.inc"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

namespace sotto::ir::privacy {
namespace {

// `[128, 784]`
mlir::ParseResult parseExtents(mlir::AsmParser& parser, llvm::SmallVector<int64_t>& shape) {
  return parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square,
                                        [&] { return parser.parseInteger(shape.emplace_back()); });
}

void printExtents(mlir::AsmPrinter& printer, llvm::ArrayRef<int64_t> shape) {
  printer << '[';
  llvm::interleaveComma(shape, printer.getStream());
  printer << ']';
}

// `secret`, `public` or `private "role"`
mlir::ParseResult parseAudience(mlir::AsmParser& parser, Visibility& visibility, std::string& owner) {
  llvm::StringRef word;
  const auto where = parser.getCurrentLocation();
  if (parser.parseKeyword(&word)) return mlir::failure();
  const auto known = symbolizeVisibility(word);
  if (!known) return parser.emitError(where, "expected public, private or secret");
  visibility = *known;
  std::string name;
  if (*known == Visibility::Private && parser.parseString(&name)) return mlir::failure();
  owner = std::move(name);
  return mlir::success();
}

void printAudience(mlir::AsmPrinter& printer, Visibility visibility, llvm::StringRef owner) {
  printer << stringifyVisibility(visibility);
  if (visibility == Visibility::Private) printer << " \"" << owner << '"';
}

}  // namespace
}  // namespace sotto::ir::privacy

#define GET_TYPEDEF_CLASSES
#include "ir/sotto/types.cc.inc"
#define GET_OP_CLASSES
#include "ir/sotto/ops.cc.inc"

namespace sotto::ir::privacy {

void SottoDialect::initialize() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "ir/sotto/types.cc.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "ir/sotto/ops.cc.inc"
      >();
}

llvm::ArrayRef<int64_t> extents(mlir::Type type) {
  return llvm::TypeSwitch<mlir::Type, llvm::ArrayRef<int64_t>>(type)
      .Case<FixedType, BitsType>([](auto secret) { return secret.getShape(); })
      .Case<mlir::RankedTensorType>([](auto tensor) { return tensor.getShape(); })
      .Default([](mlir::Type) { return llvm::ArrayRef<int64_t>(); });
}

FixedType secret(mlir::MLIRContext* context, llvm::ArrayRef<int64_t> shape, int fraction_bits, int bound_bits,
                 BoundStatus status) {
  return FixedType::get(context, shape, fraction_bits, bound_bits, status, Visibility::Secret, "");
}

// A convolution's attributes belong to convolutions, and have as many entries as the kernel reads.
static mlir::LogicalResult verify_convolution(ContractOp op) {
  static constexpr std::pair<llvm::StringLiteral, std::int64_t> kLists[] = {
      {"window_strides", 2},  {"padding", 4},        {"lhs_dilation", 2},   {"rhs_dilation", 2},
      {"window_reversal", 2}, {"lhs_dimensions", 4}, {"rhs_dimensions", 4}, {"result_dimensions", 4}};
  for (const auto& [name, entries] : kLists) {
    const mlir::Attribute attribute = op->getAttr(name);
    if (!attribute) continue;
    if (op.getProduct() != "convolution")
      return op.emitOpError() << "has " << name << ", which only a convolution has";
    const auto list = llvm::dyn_cast<mlir::DenseI64ArrayAttr>(attribute);
    if (!list || list.size() != entries)
      return op.emitOpError() << "needs " << entries << " integers in " << name;
  }
  return mlir::success();
}

// The shapes of operands are the kernel's to check; here only that there are as many as the attributes say.
mlir::LogicalResult ContractOp::verify() {
  const bool none = getProduct() == "none", selects = getThen() == "select", relu = getThen() == "relu";
  if (!none && getProduct() != "elementwise" && getProduct() != "matmul" && getProduct() != "convolution")
    return emitOpError() << "has product \"" << getProduct()
                         << "\"; known are none, elementwise, matmul, convolution";
  if (mlir::failed(verify_convolution(*this))) return mlir::failure();
  if (!selects && !relu && getThen() != "none")
    return emitOpError() << "has then \"" << getThen() << "\"; known are none, relu, select";
  const std::size_t addends = getAddendScales().size();
  const std::size_t expected = (none ? 0 : 2) + addends + (selects ? 1 : 0);
  if (getParts().size() != expected || getAddendRows().size() != addends)
    return emitOpError() << "has " << getParts().size() << " operands where its attributes ask for "
                         << expected;
  if (static_cast<bool>(getBit()) != relu)
    return emitOpError() << "gives a bit exactly when then is \"relu\"";
  if (static_cast<bool>(getProjection()) != (getProbes() != 0))
    return emitOpError() << "gives projections exactly when it has probes";
  return mlir::success();
}

}  // namespace sotto::ir::privacy
