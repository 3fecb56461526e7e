#include "ir/stablehlo/syntax.h"

#include "mlir/IR/Builders.h"

namespace sotto::ir::stablehlo {

using Indices = llvm::SmallVector<int64_t>;

mlir::ParseResult parse_same_types(mlir::OpAsmParser& parser, llvm::ArrayRef<mlir::Type*> types) {
  mlir::Type written;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseType(written)) return mlir::failure();
  auto function = llvm::dyn_cast<mlir::FunctionType>(written);
  if (!function) {
    for (mlir::Type* type : types) *type = written;
    return mlir::success();
  }
  if (function.getNumInputs() != types.size() - 1 || function.getNumResults() != 1)
    return parser.emitError(location)
           << "expected " << types.size() - 1 << " operand types and one result type";
  for (auto [type, input] : llvm::zip(types.drop_back(), function.getInputs())) *type = input;
  *types.back() = function.getResult(0);
  return mlir::success();
}

static void print_function_type(mlir::OpAsmPrinter& printer, llvm::ArrayRef<mlir::Type> types) {
  printer << "(";
  llvm::interleaveComma(types.drop_back(), printer);
  printer << ") -> " << types.back();
}

void print_same_types(mlir::OpAsmPrinter& printer, llvm::ArrayRef<mlir::Type> types) {
  if (llvm::all_equal(types)) {
    printer << types.front();
  } else {
    print_function_type(printer, types);
  }
}

mlir::ParseResult parseSelectTypes(mlir::OpAsmParser& parser, mlir::Type& pred, mlir::Type& on_true,
                                   mlir::Type& on_false, mlir::Type& result) {
  mlir::Type first;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseType(first)) return mlir::failure();
  if (auto function = llvm::dyn_cast<mlir::FunctionType>(first)) {
    if (function.getNumInputs() != 3 || function.getNumResults() != 1)
      return parser.emitError(location, "expected 3 operand types and one result type");
    pred = function.getInput(0), on_true = function.getInput(1), on_false = function.getInput(2);
    result = function.getResult(0);
    return mlir::success();
  }
  pred = first;
  if (parser.parseComma() || parser.parseType(result)) return mlir::failure();
  on_true = on_false = result;
  return mlir::success();
}

void printSelectTypes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type pred, mlir::Type on_true,
                      mlir::Type on_false, mlir::Type result) {
  if (on_true == result && on_false == result) {
    printer << pred << ", " << result;
  } else {
    print_function_type(printer, {pred, on_true, on_false, result});
  }
}

mlir::ParseResult parseDimension(mlir::OpAsmParser& parser, mlir::IntegerAttr& dimension) {
  int64_t value = 0;
  if (parser.parseInteger(value)) return mlir::failure();
  dimension = parser.getBuilder().getI64IntegerAttr(value);
  return mlir::success();
}

void printDimension(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr dimension) {
  printer << dimension.getInt();
}

mlir::ParseResult parseSliceRanges(mlir::OpAsmParser& parser, mlir::DenseI64ArrayAttr& starts,
                                   mlir::DenseI64ArrayAttr& limits, mlir::DenseI64ArrayAttr& strides) {
  Indices start, limit, stride;
  auto range = [&]() -> mlir::ParseResult {
    if (parser.parseInteger(start.emplace_back()) || parser.parseColon() ||
        parser.parseInteger(limit.emplace_back()))
      return mlir::failure();
    stride.push_back(1);
    if (mlir::failed(parser.parseOptionalColon())) return mlir::success();
    return parser.parseInteger(stride.back());
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, range)) return mlir::failure();
  mlir::Builder& builder = parser.getBuilder();
  starts = builder.getDenseI64ArrayAttr(start);
  limits = builder.getDenseI64ArrayAttr(limit);
  strides = builder.getDenseI64ArrayAttr(stride);
  return mlir::success();
}

void printSliceRanges(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::DenseI64ArrayAttr starts,
                      mlir::DenseI64ArrayAttr limits, mlir::DenseI64ArrayAttr strides) {
  printer << "[";
  llvm::interleaveComma(llvm::seq<size_t>(0, starts.size()), printer, [&](size_t i) {
    printer << starts[i] << ":" << limits[i];
    if (strides[i] != 1) printer << ":" << strides[i];
  });
  printer << "]";
}

// Operands, each followed by a comma, up to the keyword, which is consumed with its equals sign.
static mlir::ParseResult parse_operands_until(mlir::OpAsmParser& parser, UnresolvedOperands& operands,
                                              llvm::StringRef keyword) {
  while (mlir::failed(parser.parseOptionalKeyword(keyword))) {
    mlir::OpAsmParser::UnresolvedOperand operand;
    if (parser.parseOperand(operand) || parser.parseComma()) return mlir::failure();
    operands.push_back(operand);
  }
  return parser.parseEqual();
}

static void print_operands(mlir::OpAsmPrinter& printer, mlir::OperandRange operands) {
  for (mlir::Value operand : operands) printer << operand << ", ";
}

mlir::ParseResult parseOperandsThenDimension(mlir::OpAsmParser& parser, UnresolvedOperands& operands,
                                             mlir::IntegerAttr& dimension) {
  if (parse_operands_until(parser, operands, "dim")) return mlir::failure();
  return parseDimension(parser, dimension);
}

void printOperandsThenDimension(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::OperandRange operands,
                                mlir::IntegerAttr dimension) {
  print_operands(printer, operands);
  printer << "dim = " << dimension.getInt();
}

mlir::ParseResult parseOperandsThenSizes(mlir::OpAsmParser& parser, UnresolvedOperands& operands,
                                         mlir::DenseI64ArrayAttr& sizes) {
  if (parse_operands_until(parser, operands, "sizes")) return mlir::failure();
  sizes = llvm::dyn_cast_or_null<mlir::DenseI64ArrayAttr>(mlir::DenseI64ArrayAttr::parse(parser, {}));
  return mlir::success(sizes != nullptr);
}

void printOperandsThenSizes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::OperandRange operands,
                            mlir::DenseI64ArrayAttr sizes) {
  print_operands(printer, operands);
  printer << "sizes = ";
  sizes.print(printer);
}

// `[0] x [1]`
static mlir::ParseResult parse_dimension_pair(mlir::OpAsmParser& parser, Indices& lhs, Indices& rhs) {
  auto list = [&](Indices& indices) {
    return parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square,
                                          [&] { return parser.parseInteger(indices.emplace_back()); });
  };
  if (parser.parseEqual() || list(lhs) || parser.parseKeyword("x") || list(rhs)) return mlir::failure();
  return mlir::success();
}

static mlir::ParseResult parse_precision(mlir::OpAsmParser& parser, mlir::ArrayAttr& precision) {
  llvm::SmallVector<mlir::Attribute> values;
  auto element = [&]() -> mlir::ParseResult {
    llvm::StringRef word;
    llvm::SMLoc location = parser.getCurrentLocation();
    if (parser.parseKeyword(&word)) return mlir::failure();
    std::optional<Precision> value = symbolizePrecision(word);
    if (!value)
      return parser.emitError(location) << "expected DEFAULT, HIGH or HIGHEST, found '" << word << "'";
    values.push_back(PrecisionAttr::get(parser.getContext(), *value));
    return mlir::success();
  };
  if (parser.parseEqual() || parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, element))
    return mlir::failure();
  precision = parser.getBuilder().getArrayAttr(values);
  return mlir::success();
}

mlir::ParseResult parseDotConfiguration(mlir::OpAsmParser& parser, DotDimensionNumbersAttr& dimensions,
                                        mlir::ArrayAttr& precision) {
  Indices lhs_batching, rhs_batching, lhs_contracting, rhs_contracting;
  if (mlir::succeeded(parser.parseOptionalKeyword("batching_dims"))) {
    if (parse_dimension_pair(parser, lhs_batching, rhs_batching) || parser.parseComma())
      return mlir::failure();
  }
  if (parser.parseKeyword("contracting_dims") ||
      parse_dimension_pair(parser, lhs_contracting, rhs_contracting))
    return mlir::failure();
  dimensions = DotDimensionNumbersAttr::get(parser.getContext(), lhs_batching, rhs_batching, lhs_contracting,
                                            rhs_contracting);
  if (mlir::failed(parser.parseOptionalComma())) return mlir::success();
  if (parser.parseKeyword("precision")) return mlir::failure();
  return parse_precision(parser, precision);
}

void printDotConfiguration(mlir::OpAsmPrinter& printer, mlir::Operation*, DotDimensionNumbersAttr dimensions,
                           mlir::ArrayAttr precision) {
  auto pair = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> lhs, llvm::ArrayRef<int64_t> rhs) {
    printer << name << " = [";
    llvm::interleaveComma(lhs, printer);
    printer << "] x [";
    llvm::interleaveComma(rhs, printer);
    printer << "]";
  };
  if (!dimensions.getLhsBatchingDimensions().empty()) {
    pair("batching_dims", dimensions.getLhsBatchingDimensions(), dimensions.getRhsBatchingDimensions());
    printer << ", ";
  }
  pair("contracting_dims", dimensions.getLhsContractingDimensions(),
       dimensions.getRhsContractingDimensions());
  if (!precision) return;
  printer << ", precision = [";
  llvm::interleaveComma(precision.getAsRange<PrecisionAttr>(), printer,
                        [&](PrecisionAttr value) { printer << stringifyPrecision(value.getValue()); });
  printer << "]";
}

mlir::ParseResult parseCallTarget(mlir::OpAsmParser& parser, mlir::StringAttr& target) {
  return parser.parseSymbolName(target);
}

void printCallTarget(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::StringAttr target) {
  printer.printSymbolName(target.getValue());
}

}  // namespace sotto::ir::stablehlo
