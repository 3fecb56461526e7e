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

// Elements that follow each other touch the fewest parts of a size when they begin with one, and the most
// when they begin with the last element of one.
double Range::norm(std::int64_t count) const {
  double squares = static_cast<double>(count) * magnitude() * magnitude();
  for (std::size_t level = 0; level < norms.size(); ++level) {
    const auto size = part_size(level);
    const bool whole = level + 1 == norms.size() && count <= size;
    const auto parts = whole || count == 1 ? 1 : (count - 2) / size + 2;
    squares = std::min(squares, static_cast<double>(parts) * norms[level] * norms[level]);
  }
  return std::sqrt(squares);
}

int Range::bound_bits(int margin) const {
  if (magnitude() == 0) return margin;
  int exponent = 0;  // magnitude < 2^exponent
  std::frexp(magnitude(), &exponent);
  return exponent + margin;
}

template <class T>
std::vector<double> norms_of(std::span<const T> values) {
  std::vector<double> squares((values.size() + part_size(0) - 1) / part_size(0), 0.0), norms;
  for (std::size_t i = 0; i < values.size(); ++i)
    squares[i / part_size(0)] += static_cast<double>(values[i]) * static_cast<double>(values[i]);
  for (;;) {
    norms.push_back(std::sqrt(*std::ranges::max_element(squares)));
    if (squares.size() == 1) return norms;
    for (std::size_t i = 0; i < squares.size(); ++i)
      squares[i / 4] = (i % 4 == 0 ? 0 : squares[i / 4]) + squares[i];
    squares.resize((squares.size() + 3) / 4);
  }
}
template std::vector<double> norms_of(std::span<const float>);
template std::vector<double> norms_of(std::span<const double>);

Range joined(const Range& a, const Range& b) {
  Range both{std::min(a.minimum, b.minimum), std::max(a.maximum, b.maximum), std::max(a.spread, b.spread)};
  // What was not measured (a declared limit) says nothing of norms. All of a small tensor is its part of any
  // size.
  const auto& shorter = a.norms.size() < b.norms.size() ? a.norms : b.norms;
  both.norms = a.norms.size() < b.norms.size() ? b.norms : a.norms;
  for (std::size_t level = 0; !shorter.empty() && level < both.norms.size(); ++level)
    both.norms[level] = std::max(both.norms[level], shorter[std::min(level, shorter.size() - 1)]);
  return both;
}

std::optional<Range> range_of(mlir::Value value) {
  auto attribute = attribute_of(value);
  if (!attribute || attribute.size() < 3) return std::nullopt;
  const auto numbers = attribute.asArrayRef();
  return Range{numbers[0], numbers[1], numbers[2], numbers.drop_front(3).vec()};
}

void widen_range(mlir::Value value, const Range& range) {
  const auto known = range_of(value);
  const Range wide = known ? joined(*known, range) : range;
  llvm::SmallVector<double> numbers{wide.minimum, wide.maximum, wide.spread};
  numbers.append(wide.norms.begin(), wide.norms.end());
  auto attribute = mlir::DenseF64ArrayAttr::get(value.getContext(), numbers);
  if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value)) {
    if (auto function = function_of(argument))
      function.setArgAttr(argument.getArgNumber(), kRangeAttribute, attribute);
    return;
  }
  value.getDefiningOp()->setAttr(kRangeAttribute, attribute);
}

}  // namespace sotto::passes
