// Text of convolutions: `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]` and `stride = [2, 2], pad = [[1, 2], [1,
// 2]]`.
#include "ir/stablehlo/syntax.h"
#include "mlir/IR/Builders.h"

namespace sotto::ir::stablehlo {
namespace {

using mlir::failure;
using mlir::ParseResult;
using mlir::success;
using Indices = llvm::SmallVector<int64_t>;

// The dimensions of one tensor: two that are called by a letter, and the spatial ones by number.
struct Dimensions {
  int64_t first = -1, second = -1;
  Indices spatial;
};

// Where each of 0 .. n-1 stands.
ParseResult order_spatial(mlir::AsmParser& parser, llvm::SMLoc location,
                          llvm::ArrayRef<std::pair<int64_t, int64_t>> numbered, Indices& spatial) {
  spatial.assign(numbered.size(), -1);
  for (auto [number, place] : numbered) {
    if (number < 0 || number >= static_cast<int64_t>(numbered.size()) || spatial[number] >= 0)
      return parser.emitError(location) << "spatial dimensions must be numbered 0 to "
                                        << static_cast<int64_t>(numbered.size()) - 1 << ", each once";
    spatial[number] = place;
  }
  return success();
}

// `[b, 0, 1, f]`, given the letters `b` and `f`.
ParseResult parse_tensor(mlir::AsmParser& parser, llvm::StringRef first, llvm::StringRef second,
                         Dimensions& dimensions) {
  llvm::SMLoc location = parser.getCurrentLocation();
  llvm::SmallVector<std::pair<int64_t, int64_t>> numbered;
  int64_t place = 0;
  auto entry = [&]() -> ParseResult {
    int64_t number = 0;
    llvm::StringRef letter;
    mlir::OptionalParseResult found = parser.parseOptionalInteger(number);
    if (found.has_value()) {
      if (failed(*found)) return failure();
      numbered.emplace_back(number, place++);
      return success();
    }
    if (parser.parseKeyword(&letter)) return failure();
    int64_t* named = letter == first ? &dimensions.first : letter == second ? &dimensions.second : nullptr;
    if (!named || *named >= 0)
      return parser.emitError(location)
             << "expected '" << first << "' and '" << second << "' once each, found '" << letter << "'";
    *named = place++;
    return success();
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, entry)) return failure();
  if (dimensions.first < 0 || dimensions.second < 0)
    return parser.emitError(location) << "expected '" << first << "' and '" << second << "'";
  return order_spatial(parser, location, numbered, dimensions.spatial);
}

ConvDimensionNumbersAttr parse_dimensions(mlir::AsmParser& parser) {
  Dimensions input, kernel, output;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parse_tensor(parser, "b", "f", input) || parser.parseKeyword("x") ||
      parse_tensor(parser, "i", "o", kernel) || parser.parseArrow() || parse_tensor(parser, "b", "f", output))
    return {};
  if (input.spatial.size() != kernel.spatial.size() || input.spatial.size() != output.spatial.size()) {
    parser.emitError(location, "input, kernel and output must have equally many spatial dimensions");
    return {};
  }
  return ConvDimensionNumbersAttr::get(parser.getContext(), input.first, input.second, input.spatial,
                                       kernel.first, kernel.second, kernel.spatial, output.first,
                                       output.second, output.spatial);
}

void print_tensor(mlir::AsmPrinter& printer, llvm::StringRef first, int64_t first_place,
                  llvm::StringRef second, int64_t second_place, llvm::ArrayRef<int64_t> spatial) {
  llvm::SmallVector<std::string> names(spatial.size() + 2, "?");
  auto name = [&](int64_t place, std::string text) {
    if (place >= 0 && place < static_cast<int64_t>(names.size())) names[place] = std::move(text);
  };
  name(first_place, first.str());
  name(second_place, second.str());
  for (auto [number, place] : llvm::enumerate(spatial)) name(place, std::to_string(number));
  printer << "[";
  llvm::interleaveComma(names, printer);
  printer << "]";
}

void print_dimensions(mlir::AsmPrinter& printer, ConvDimensionNumbersAttr numbers) {
  print_tensor(printer, "b", numbers.getInputBatchDimension(), "f", numbers.getInputFeatureDimension(),
               numbers.getInputSpatialDimensions());
  printer << "x";
  print_tensor(printer, "i", numbers.getKernelInputFeatureDimension(), "o",
               numbers.getKernelOutputFeatureDimension(), numbers.getKernelSpatialDimensions());
  printer << "->";
  print_tensor(printer, "b", numbers.getOutputBatchDimension(), "f", numbers.getOutputFeatureDimension(),
               numbers.getOutputSpatialDimensions());
}

ParseResult parse_list(mlir::OpAsmParser& parser, Indices& numbers) {
  return parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square,
                                        [&] { return parser.parseInteger(numbers.emplace_back()); });
}

ParseResult parse_numbers(mlir::OpAsmParser& parser, mlir::DenseI64ArrayAttr& attribute) {
  Indices numbers;
  if (parse_list(parser, numbers)) return failure();
  attribute = parser.getBuilder().getDenseI64ArrayAttr(numbers);
  return success();
}

// `[[1, 2], [0, 0]]`
ParseResult parse_padding(mlir::OpAsmParser& parser, mlir::DenseIntElementsAttr& padding) {
  Indices numbers;
  llvm::SMLoc location = parser.getCurrentLocation();
  auto pair = [&]() -> ParseResult {
    const size_t before = numbers.size();
    if (parse_list(parser, numbers)) return failure();
    if (numbers.size() == before + 2) return success();
    return parser.emitError(location, "expected pairs [low, high]");
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, pair)) return failure();
  auto type = mlir::RankedTensorType::get({static_cast<int64_t>(numbers.size() / 2), 2},
                                          parser.getBuilder().getI64Type());
  padding = mlir::DenseIntElementsAttr::get(type, numbers);
  return success();
}

void print_padding(mlir::OpAsmPrinter& printer, mlir::DenseIntElementsAttr padding) {
  auto values = padding.getValues<int64_t>();
  printer << "[";
  llvm::interleaveComma(llvm::seq<int64_t>(0, padding.getNumElements() / 2), printer, [&](int64_t i) {
    printer << "[" << values[2 * i] << ", " << values[2 * i + 1] << "]";
  });
  printer << "]";
}

// `[true, false]`, also written `[1, 0]`.
ParseResult parse_reversal(mlir::OpAsmParser& parser, mlir::DenseBoolArrayAttr& reversal) {
  llvm::SmallVector<bool> reversed;
  auto entry = [&]() -> ParseResult {
    int64_t number = 0;
    mlir::OptionalParseResult found = parser.parseOptionalInteger(number);
    if (found.has_value()) return reversed.push_back(number != 0), *found;
    llvm::StringRef word;
    llvm::SMLoc location = parser.getCurrentLocation();
    if (parser.parseKeyword(&word)) return failure();
    if (word != "true" && word != "false") return parser.emitError(location, "expected true or false");
    return reversed.push_back(word == "true"), success();
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, entry)) return failure();
  reversal = parser.getBuilder().getDenseBoolArrayAttr(reversed);
  return success();
}

}  // namespace

mlir::Attribute ConvDimensionNumbersAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  if (parser.parseLess()) return {};
  ConvDimensionNumbersAttr numbers = parse_dimensions(parser);
  if (!numbers || parser.parseGreater()) return {};
  return numbers;
}

void ConvDimensionNumbersAttr::print(mlir::AsmPrinter& printer) const {
  printer << "<";
  print_dimensions(printer, *this);
  printer << ">";
}

ParseResult parseConvolutionDimensions(mlir::OpAsmParser& parser, ConvDimensionNumbersAttr& numbers) {
  numbers = parse_dimensions(parser);
  return success(numbers != nullptr);
}

void printConvolutionDimensions(mlir::OpAsmPrinter& printer, mlir::Operation*,
                                ConvDimensionNumbersAttr numbers) {
  print_dimensions(printer, numbers);
}

ParseResult parseWindowAttributes(mlir::OpAsmParser& parser, mlir::DenseI64ArrayAttr& strides,
                                  mlir::DenseIntElementsAttr& padding, mlir::DenseI64ArrayAttr& lhs_dilation,
                                  mlir::DenseI64ArrayAttr& rhs_dilation, mlir::DenseBoolArrayAttr& reversal) {
  llvm::SmallVector<std::string> seen;
  auto entry = [&]() -> ParseResult {
    llvm::StringRef name;
    llvm::SMLoc location = parser.getCurrentLocation();
    if (parser.parseKeyword(&name)) return failure();
    if (llvm::is_contained(seen, name)) return parser.emitError(location) << "'" << name << "' given twice";
    seen.push_back(name.str());
    if (parser.parseEqual()) return failure();
    if (name == "stride") return parse_numbers(parser, strides);
    if (name == "pad") return parse_padding(parser, padding);
    if (name == "lhs_dilate") return parse_numbers(parser, lhs_dilation);
    if (name == "rhs_dilate") return parse_numbers(parser, rhs_dilation);
    if (name == "reverse") return parse_reversal(parser, reversal);
    return parser.emitError(location)
           << "'" << name << "' is none of stride, pad, lhs_dilate, rhs_dilate, reverse";
  };
  return parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Braces, entry);
}

void printWindowAttributes(mlir::OpAsmPrinter& printer, mlir::Operation*, mlir::DenseI64ArrayAttr strides,
                           mlir::DenseIntElementsAttr padding, mlir::DenseI64ArrayAttr lhs_dilation,
                           mlir::DenseI64ArrayAttr rhs_dilation, mlir::DenseBoolArrayAttr reversal) {
  llvm::StringRef separator = "";
  auto named = [&](llvm::StringRef name, auto print_value) {
    printer << separator << name << " = ";
    print_value();
    separator = ", ";
  };
  auto numbers = [&](llvm::StringRef name, mlir::DenseI64ArrayAttr list) {
    if (list) named(name, [&] { list.print(printer); });
  };
  printer << "{";
  numbers("stride", strides);
  if (padding) named("pad", [&] { print_padding(printer, padding); });
  numbers("lhs_dilate", lhs_dilation);
  numbers("rhs_dilate", rhs_dilation);
  if (reversal) named("reverse", [&] { reversal.print(printer); });
  printer << "}";
}

}  // namespace sotto::ir::stablehlo
