// A value before it exists in fixed point: what still has to be multiplied, scaled and added to make it.
//
// Linear operations only collect; a value is made when something needs its ring elements, and then all that
// was collected is one contraction with one truncation, or local arithmetic when the numbers fit exactly.
#pragma once

#include <cmath>
#include <optional>

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/Value.h"

namespace sotto::passes {

struct Product {
  enum class Kind { kElementwise, kMatrix, kConvolution };
  Kind kind = Kind::kElementwise;
  mlir::Value a, b;                        // of fixed type
  mlir::Operation* convolution = nullptr;  // that says how a and b are convolved
  bool transpose_a = false, transpose_b = false;
  double factor = 1;
  llvm::ArrayRef<double> schedule = {};  // times this at each step; empty: times one
  double magnitude =
      0;  // what |factor * schedule * a b| was measured to stay below, with margin; 0: not known
};

struct Term {
  mlir::Value share;  // of fixed type
  double factor = 1;
  bool row = false;  // of the last axis's extent, to be added to every row
};

struct Expression {
  std::optional<Product> product;
  llvm::SmallVector<Term, 2> terms;

  // One share and a factor, of the value's own shape.
  bool is_single() const { return !product && terms.size() == 1 && !terms[0].row; }
  void scale(double factor) {
    if (product) product->factor *= factor, product->magnitude *= std::fabs(factor);
    for (Term& term : terms) term.factor *= factor;
  }
};

}  // namespace sotto::passes
