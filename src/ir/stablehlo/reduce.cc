// Text of reduce in its two forms; its verifier, and scatter's body's.
#include "ir/stablehlo/verify.h"
#include "mlir/IR/Builders.h"

namespace sotto::ir::stablehlo {

using mlir::failure;
using mlir::LogicalResult;
using mlir::ParseResult;
using mlir::success;
using Operand = mlir::OpAsmParser::UnresolvedOperand;
using Argument = mlir::OpAsmParser::Argument;

namespace {

// The text of reduce before its body.
struct ReduceHeader {
  llvm::SmallVector<Operand> inputs, init_values;
  std::optional<mlir::OperationName> applied;  // set in the short form
  llvm::SMLoc applied_location;
  mlir::FunctionType type;
};

// `(%x init: %c), (%y init: %d)`
ParseResult parse_inputs(mlir::OpAsmParser& parser, ReduceHeader& header) {
  return parser.parseCommaSeparatedList([&] {
    return mlir::failure(parser.parseLParen() || parser.parseOperand(header.inputs.emplace_back()) ||
                         parser.parseKeyword("init") || parser.parseColon() ||
                         parser.parseOperand(header.init_values.emplace_back()) || parser.parseRParen());
  });
}

// `applies stablehlo.add`, if present.
ParseResult parse_applied(mlir::OpAsmParser& parser, ReduceHeader& header) {
  if (failed(parser.parseOptionalKeyword("applies"))) return success();
  header.applied_location = parser.getCurrentLocation();
  mlir::FailureOr<mlir::OperationName> name = parser.parseCustomOperationName();
  if (failed(name)) return failure();
  bool is_ours =
      name->getDialectNamespace() == StablehloDialect::getDialectNamespace() && name->isRegistered();
  if (!is_ours)
    return parser.emitError(header.applied_location) << "'" << *name << "' is not a supported operation";
  header.applied = *name;
  return success();
}

// The body of the short form: the operation applied to two scalars.
ParseResult build_applied_body(mlir::OpAsmParser& parser, const ReduceHeader& header, mlir::Region& region) {
  mlir::Location location = parser.getEncodedSourceLoc(header.applied_location);
  if (header.inputs.size() != 1 || header.type.getNumInputs() != 2)
    return parser.emitError(header.applied_location, "the form with 'applies' takes one input");
  auto init = llvm::dyn_cast<mlir::RankedTensorType>(header.type.getInput(1));
  if (!init) return parser.emitError(header.applied_location, "initial value must be a tensor");
  mlir::Block& block = region.emplaceBlock();
  block.addArguments({init, init}, {location, location});
  // Made from the context: the region has no operation around it yet.
  mlir::OpBuilder builder(parser.getContext());
  builder.setInsertionPointToStart(&block);
  mlir::OperationState inner(location, *header.applied);
  inner.addOperands(block.getArguments());
  inner.addTypes(init);
  mlir::Operation* op = builder.create(inner);
  builder.create<ReturnOp>(location, op->getResults());
  return success();
}

// `reducer(%a: t, %b: t) (%c: u, %d: u) { ... }`: one pair per input; the block takes all firsts, then all
// seconds.
ParseResult parse_reducer(mlir::OpAsmParser& parser, const ReduceHeader& header, mlir::Region& region) {
  llvm::SmallVector<Argument> accumulators, elements;
  if (parser.parseKeyword("reducer")) return failure();
  for (size_t i = 0; i < header.inputs.size(); ++i) {
    if (parser.parseLParen() || parser.parseArgument(accumulators.emplace_back(), /*allowType=*/true) ||
        parser.parseComma() || parser.parseArgument(elements.emplace_back(), /*allowType=*/true) ||
        parser.parseRParen())
      return failure();
  }
  accumulators.append(elements);
  return parser.parseRegion(region, accumulators);
}

}  // namespace

ParseResult ReduceOp::parse(mlir::OpAsmParser& parser, mlir::OperationState& state) {
  ReduceHeader header;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parse_inputs(parser, header) || parse_applied(parser, header) || parser.parseKeyword("across") ||
      parser.parseKeyword("dimensions") || parser.parseEqual())
    return failure();
  auto dimensions =
      llvm::dyn_cast_or_null<mlir::DenseI64ArrayAttr>(mlir::DenseI64ArrayAttr::parse(parser, {}));
  if (!dimensions || parser.parseOptionalAttrDict(state.attributes) || parser.parseColonType(header.type))
    return failure();
  state.getOrAddProperties<Properties>().dimensions = dimensions;
  auto operands = llvm::concat<Operand>(header.inputs, header.init_values);
  llvm::SmallVector<Operand> all(operands.begin(), operands.end());
  if (parser.resolveOperands(all, header.type.getInputs(), location, state.operands)) return failure();
  state.addTypes(header.type.getResults());
  mlir::Region& body = *state.addRegion();
  return header.applied ? build_applied_body(parser, header, body) : parse_reducer(parser, header, body);
}

void ReduceOp::print(mlir::OpAsmPrinter& printer) {
  auto pairs = llvm::zip(getInputs(), getInitValues());
  printer << "(";
  llvm::interleave(
      pairs, printer, [&](auto pair) { printer << std::get<0>(pair) << " init: " << std::get<1>(pair); },
      "), (");
  printer << ")";
  std::optional<llvm::StringRef> applied = single_operation();
  if (applied) printer << " applies " << *applied;
  printer << " across dimensions = ";
  getDimensionsAttr().print(printer);
  printer.printOptionalAttrDict((*this)->getAttrs(), {"dimensions"});
  printer << " : ";
  printer.printFunctionalType(*this);
  if (applied) return;
  printer.printNewline();
  printer << " reducer";
  size_t count = getInputs().size();
  for (size_t i = 0; i < count; ++i) {
    printer << "(";
    printer.printRegionArgument(getBody().getArgument(i));
    printer << ", ";
    printer.printRegionArgument(getBody().getArgument(count + i));
    printer << ") ";
  }
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

std::optional<llvm::StringRef> ReduceOp::single_operation() { return stablehlo::single_operation(getBody()); }

void ReduceOp::build(mlir::OpBuilder& builder, mlir::OperationState& state, mlir::Value input,
                     mlir::Value init_value, llvm::ArrayRef<int64_t> dimensions, llvm::StringRef operation) {
  llvm::SmallVector<int64_t> shape;
  for (auto [dimension, extent] : llvm::enumerate(tensor_type(input).getShape())) {
    if (!llvm::is_contained(dimensions, dimension)) shape.push_back(extent);
  }
  state.addOperands({input, init_value});
  state.getOrAddProperties<Properties>().dimensions = builder.getDenseI64ArrayAttr(dimensions);
  state.addTypes(tensor_type(input).clone(shape));
  mlir::Block& block = state.addRegion()->emplaceBlock();
  block.addArguments({init_value.getType(), init_value.getType()}, {state.location, state.location});
  mlir::OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&block);
  mlir::Operation* inner = builder.create(state.location, builder.getStringAttr(operation),
                                          block.getArguments(), init_value.getType());
  builder.create<ReturnOp>(state.location, inner->getResults());
}

LogicalResult ReduceOp::verify() {
  if (getInputs().empty()) return emitOpError("needs at least one input");
  auto first = tensor_type(getInputs().front());
  if (failed(check_dimensions(*this, "dimensions", getDimensions(), first.getRank()))) return failure();
  llvm::SmallVector<int64_t> expected;
  for (auto [dimension, extent] : llvm::enumerate(first.getShape())) {
    if (!llvm::is_contained(getDimensions(), dimension)) expected.push_back(extent);
  }
  if (getNumResults() != getInputs().size())
    return emitOpError() << "has " << getInputs().size() << " inputs but " << getNumResults() << " results";
  for (auto [input, init, result] : llvm::zip(getInputs(), getInitValues(), getResults())) {
    mlir::Type element = tensor_type(input).getElementType();
    if (tensor_type(input).getShape() != first.getShape()) return emitOpError("inputs must have one shape");
    if (tensor_type(init) != mlir::RankedTensorType::get({}, element))
      return emitOpError("initial values must be scalars of the inputs' element types");
    if (tensor_type(result) != mlir::RankedTensorType::get(expected, element))
      return emitOpError() << "result is " << result.getType() << " but the operands give shape "
                           << shape_text(expected) << " of " << element;
  }
  return success();
}

LogicalResult ReduceOp::verifyRegions() {
  return check_body(*this, "body", getBody(), mlir::TypeRange(getInitValues()),
                    mlir::TypeRange(getInitValues()));
}

LogicalResult ScatterOp::verifyRegions() {
  mlir::Type scalar = mlir::RankedTensorType::get({}, tensor_type(getInput()).getElementType());
  return check_body(*this, "body", getUpdateComputation(), scalar, scalar);
}

}  // namespace sotto::ir::stablehlo
