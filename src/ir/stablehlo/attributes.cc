// Text of the structured attributes: a list of `name = value` in angle brackets, where empty lists are left
// out.
#include "ir/stablehlo/dialect.h"

namespace sotto::ir::stablehlo {
namespace {

using Indices = llvm::SmallVector<int64_t>;

// One `name = [1, 2]` or, with `scalar` set, `name = 1`.
struct Field {
  llvm::StringRef name;
  Indices* list = nullptr;
  int64_t* scalar = nullptr;
};

mlir::ParseResult parse_indices(mlir::AsmParser& parser, Indices& indices) {
  return parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square,
                                        [&] { return parser.parseInteger(indices.emplace_back()); });
}

mlir::ParseResult parse_field(mlir::AsmParser& parser, llvm::ArrayRef<Field> fields,
                              llvm::SmallVectorImpl<llvm::StringRef>& seen) {
  llvm::StringRef name;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeyword(&name) || parser.parseEqual()) return mlir::failure();
  const Field* field = llvm::find_if(fields, [&](const Field& candidate) { return candidate.name == name; });
  if (field == fields.end()) return parser.emitError(location) << "unknown field '" << name << "'";
  if (llvm::is_contained(seen, name))
    return parser.emitError(location) << "field '" << name << "' given twice";
  seen.push_back(name);
  return field->list ? parse_indices(parser, *field->list) : parser.parseInteger(*field->scalar);
}

mlir::ParseResult parse_fields(mlir::AsmParser& parser, llvm::ArrayRef<Field> fields) {
  if (parser.parseLess()) return mlir::failure();
  if (mlir::succeeded(parser.parseOptionalGreater())) return mlir::success();
  llvm::SmallVector<llvm::StringRef> seen;
  do {
    if (parse_field(parser, fields, seen)) return mlir::failure();
  } while (mlir::succeeded(parser.parseOptionalComma()));
  return parser.parseGreater();
}

// Prints `name = [..]` fields with commas between.
class FieldPrinter {
 public:
  explicit FieldPrinter(mlir::AsmPrinter& printer) : printer_(printer) { printer_ << "<"; }
  FieldPrinter& list(llvm::StringRef name, llvm::ArrayRef<int64_t> indices) {
    if (indices.empty()) return *this;
    separate() << name << " = [";
    llvm::interleaveComma(indices, printer_);
    printer_ << "]";
    return *this;
  }
  FieldPrinter& scalar(llvm::StringRef name, int64_t value) {
    separate() << name << " = " << value;
    return *this;
  }
  void end() { printer_ << ">"; }

 private:
  mlir::AsmPrinter& separate() {
    if (!first_) printer_ << ", ";
    first_ = false;
    return printer_;
  }
  mlir::AsmPrinter& printer_;
  bool first_ = true;
};

}  // namespace

mlir::Attribute DotDimensionNumbersAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  Indices lhs_batching, rhs_batching, lhs_contracting, rhs_contracting;
  if (parse_fields(parser, {{"lhs_batching_dimensions", &lhs_batching},
                            {"rhs_batching_dimensions", &rhs_batching},
                            {"lhs_contracting_dimensions", &lhs_contracting},
                            {"rhs_contracting_dimensions", &rhs_contracting}}))
    return {};
  return get(parser.getContext(), lhs_batching, rhs_batching, lhs_contracting, rhs_contracting);
}

void DotDimensionNumbersAttr::print(mlir::AsmPrinter& printer) const {
  FieldPrinter(printer)
      .list("lhs_batching_dimensions", getLhsBatchingDimensions())
      .list("rhs_batching_dimensions", getRhsBatchingDimensions())
      .list("lhs_contracting_dimensions", getLhsContractingDimensions())
      .list("rhs_contracting_dimensions", getRhsContractingDimensions())
      .end();
}

mlir::Attribute GatherDimensionNumbersAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  Indices offset, collapsed, operand_batching, start_batching, start_map;
  int64_t vector_dim = 0;
  if (parse_fields(parser, {{"offset_dims", &offset},
                            {"collapsed_slice_dims", &collapsed},
                            {"operand_batching_dims", &operand_batching},
                            {"start_indices_batching_dims", &start_batching},
                            {"start_index_map", &start_map},
                            {"index_vector_dim", nullptr, &vector_dim}}))
    return {};
  return get(parser.getContext(), offset, collapsed, operand_batching, start_batching, start_map, vector_dim);
}

void GatherDimensionNumbersAttr::print(mlir::AsmPrinter& printer) const {
  FieldPrinter(printer)
      .list("offset_dims", getOffsetDims())
      .list("collapsed_slice_dims", getCollapsedSliceDims())
      .list("operand_batching_dims", getOperandBatchingDims())
      .list("start_indices_batching_dims", getStartIndicesBatchingDims())
      .list("start_index_map", getStartIndexMap())
      .scalar("index_vector_dim", getIndexVectorDim())
      .end();
}

mlir::Attribute ScatterDimensionNumbersAttr::parse(mlir::AsmParser& parser, mlir::Type) {
  Indices window, inserted, input_batching, indices_batching, operand_map;
  int64_t vector_dim = 0;
  if (parse_fields(parser, {{"update_window_dims", &window},
                            {"inserted_window_dims", &inserted},
                            {"input_batching_dims", &input_batching},
                            {"scatter_indices_batching_dims", &indices_batching},
                            {"scatter_dims_to_operand_dims", &operand_map},
                            {"index_vector_dim", nullptr, &vector_dim}}))
    return {};
  return get(parser.getContext(), window, inserted, input_batching, indices_batching, operand_map,
             vector_dim);
}

void ScatterDimensionNumbersAttr::print(mlir::AsmPrinter& printer) const {
  FieldPrinter(printer)
      .list("update_window_dims", getUpdateWindowDims())
      .list("inserted_window_dims", getInsertedWindowDims())
      .list("input_batching_dims", getInputBatchingDims())
      .list("scatter_indices_batching_dims", getScatterIndicesBatchingDims())
      .list("scatter_dims_to_operand_dims", getScatterDimsToOperandDims())
      .scalar("index_vector_dim", getIndexVectorDim())
      .end();
}

}  // namespace sotto::ir::stablehlo
