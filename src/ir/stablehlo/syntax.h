// The pieces of text the declarative formats of the .td files cannot say: custom<Name>(...) directives.
// Only ops.cc includes it, for the generated parsers and printers.
#pragma once

#include "ir/stablehlo/dialect.h"

namespace sotto::ir::stablehlo {

// `type` when all types are equal, else `(operand types) -> result type`. The last one is the result.
mlir::ParseResult parse_same_types(mlir::OpAsmParser& parser, llvm::ArrayRef<mlir::Type*> types);
void print_same_types(mlir::OpAsmPrinter& printer, llvm::ArrayRef<mlir::Type> types);

template <typename... Types>
mlir::ParseResult parseSameTypes(mlir::OpAsmParser& parser, Types&... types) {
  return parse_same_types(parser, {&types...});
}
template <typename... Types>
void printSameTypes(mlir::OpAsmPrinter& printer, mlir::Operation*, Types... types) {
  print_same_types(printer, {types...});
}

// `pred type, value type` when all values have one type, else the function type.
mlir::ParseResult parseSelectTypes(mlir::OpAsmParser& parser, mlir::Type& pred, mlir::Type& on_true,
                                   mlir::Type& on_false, mlir::Type& result);
void printSelectTypes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::Type pred, mlir::Type on_true,
                      mlir::Type on_false, mlir::Type result);

// A dimension without its type.
mlir::ParseResult parseDimension(mlir::OpAsmParser& parser, mlir::IntegerAttr& dimension);
void printDimension(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::IntegerAttr dimension);

// `[0:2, 0:3:1]`, the stride left out when 1.
mlir::ParseResult parseSliceRanges(mlir::OpAsmParser& parser, mlir::DenseI64ArrayAttr& starts,
                                   mlir::DenseI64ArrayAttr& limits, mlir::DenseI64ArrayAttr& strides);
void printSliceRanges(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::DenseI64ArrayAttr starts,
                      mlir::DenseI64ArrayAttr limits, mlir::DenseI64ArrayAttr strides);

using UnresolvedOperands = llvm::SmallVectorImpl<mlir::OpAsmParser::UnresolvedOperand>;

// `%a, %b, dim = 0`
mlir::ParseResult parseOperandsThenDimension(mlir::OpAsmParser& parser, UnresolvedOperands& operands,
                                             mlir::IntegerAttr& dimension);
void printOperandsThenDimension(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::OperandRange operands,
                                mlir::IntegerAttr dimension);

// `%a, %b, sizes = [1, 2]`
mlir::ParseResult parseOperandsThenSizes(mlir::OpAsmParser& parser, UnresolvedOperands& operands,
                                         mlir::DenseI64ArrayAttr& sizes);
void printOperandsThenSizes(mlir::OpAsmPrinter& printer, mlir::Operation* op, mlir::OperandRange operands,
                            mlir::DenseI64ArrayAttr sizes);

// `batching_dims = [0] x [0], contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT]`, the first and
// the last optional.
mlir::ParseResult parseDotConfiguration(mlir::OpAsmParser& parser, DotDimensionNumbersAttr& dimensions,
                                        mlir::ArrayAttr& precision);
void printDotConfiguration(mlir::OpAsmPrinter& printer, mlir::Operation*, DotDimensionNumbersAttr dimensions,
                           mlir::ArrayAttr precision);

// `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`
mlir::ParseResult parseConvolutionDimensions(mlir::OpAsmParser& parser, ConvDimensionNumbersAttr& numbers);
void printConvolutionDimensions(mlir::OpAsmPrinter& printer, mlir::Operation*,
                                ConvDimensionNumbersAttr numbers);

// `{stride = [2, 2], pad = [[1, 2], [1, 2]], lhs_dilate = [1, 1], rhs_dilate = [1, 1], reverse = [false,
// false]}`, all optional.
mlir::ParseResult parseWindowAttributes(mlir::OpAsmParser& parser, mlir::DenseI64ArrayAttr& strides,
                                        mlir::DenseIntElementsAttr& padding,
                                        mlir::DenseI64ArrayAttr& lhs_dilation,
                                        mlir::DenseI64ArrayAttr& rhs_dilation,
                                        mlir::DenseBoolArrayAttr& reversal);
void printWindowAttributes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::DenseI64ArrayAttr strides,
                           mlir::DenseIntElementsAttr padding, mlir::DenseI64ArrayAttr lhs_dilation,
                           mlir::DenseI64ArrayAttr rhs_dilation, mlir::DenseBoolArrayAttr reversal);

// `@name`, which need not be a symbol of the module.
mlir::ParseResult parseCallTarget(mlir::OpAsmParser& parser, mlir::StringAttr& target);
void printCallTarget(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::StringAttr target);

}  // namespace sotto::ir::stablehlo
