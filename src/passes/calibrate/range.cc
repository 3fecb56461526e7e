#include "passes/calibrate/range.h"

#include <algorithm>
#include <cmath>

namespace sotto::passes {
namespace {

mlir::func::FuncOp function_of(mlir::BlockArgument argument) {
  return llvm::dyn_cast<mlir::func::FuncOp>(argument.getOwner()->getParentOp());
}

mlir::DenseF64ArrayAttr attribute_of(mlir::Value value) {
  if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value)) {
    auto function = function_of(argument);
    return function
               ? function.getArgAttrOfType<mlir::DenseF64ArrayAttr>(argument.getArgNumber(), kRangeAttribute)
               : mlir::DenseF64ArrayAttr();
  }
  return value.getDefiningOp()->getAttrOfType<mlir::DenseF64ArrayAttr>(kRangeAttribute);
}

}  // namespace

double Range::magnitude() const { return std::max(std::fabs(minimum), std::fabs(maximum)); }

int Range::bound_bits(int margin) const {
  if (magnitude() == 0) return margin;
  int exponent = 0;  // magnitude < 2^exponent
  std::frexp(magnitude(), &exponent);
  return exponent + margin;
}

std::optional<Range> range_of(mlir::Value value) {
  auto attribute = attribute_of(value);
  if (!attribute || attribute.size() != 4) return std::nullopt;
  return Range{attribute[0], attribute[1], attribute[2], attribute[3]};
}

void widen_range(mlir::Value value, const Range& range) {
  Range wide = range;
  if (const auto known = range_of(value))
    wide = {std::min(known->minimum, range.minimum), std::max(known->maximum, range.maximum),
            std::max(known->spread, range.spread), std::max(known->rms, range.rms)};
  auto attribute =
      mlir::DenseF64ArrayAttr::get(value.getContext(), {wide.minimum, wide.maximum, wide.spread, wide.rms});
  if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value)) {
    if (auto function = function_of(argument))
      function.setArgAttr(argument.getArgNumber(), kRangeAttribute, attribute);
    return;
  }
  value.getDefiningOp()->setAttr(kRangeAttribute, attribute);
}

}  // namespace sotto::passes
