// The functions behind the interpreter's table of operations (interpreter.cc has the table).
#pragma once

#include "ir/interpreter/array.h"
#include "ir/stablehlo/dialect.h"

namespace sotto::ir {

using Operands = llvm::ArrayRef<const Array*>;
using Results = std::vector<Array>;

// What one operation computes. An elementwise operation gives the shape of its operands, whatever its type
// says: in reduction bodies it runs on many scalars at once.
using Function = mlir::FailureOr<Results> (*)(mlir::Operation* op, Operands operands);
Function find_function(llvm::StringRef operation);

inline llvm::SmallVector<const Array*> pointers(const Results& arrays) {
  llvm::SmallVector<const Array*> list;
  for (const Array& array : arrays) list.push_back(&array);
  return list;
}

// Evaluates a reduction body on arrays of one shape, lane by lane. REQUIRES: the body is verified.
mlir::FailureOr<Results> evaluate_body(mlir::Block& body, Operands arguments);

// elementwise.cc
Array evaluate_abs(mlir::Operation* op, Operands operands);
Array evaluate_add(mlir::Operation* op, Operands operands);
Array evaluate_and(mlir::Operation* op, Operands operands);
Array evaluate_clamp(mlir::Operation* op, Operands operands);
Array evaluate_ceil(mlir::Operation* op, Operands operands);
Array evaluate_compare(mlir::Operation* op, Operands operands);
Array evaluate_convert(mlir::Operation* op, Operands operands);
Array evaluate_cosine(mlir::Operation* op, Operands operands);
Array evaluate_divide(mlir::Operation* op, Operands operands);
Array evaluate_exponential(mlir::Operation* op, Operands operands);
Array evaluate_exponential_minus_one(mlir::Operation* op, Operands operands);
Array evaluate_floor(mlir::Operation* op, Operands operands);
Array evaluate_log(mlir::Operation* op, Operands operands);
Array evaluate_log_plus_one(mlir::Operation* op, Operands operands);
Array evaluate_logistic(mlir::Operation* op, Operands operands);
Array evaluate_maximum(mlir::Operation* op, Operands operands);
Array evaluate_minimum(mlir::Operation* op, Operands operands);
Array evaluate_multiply(mlir::Operation* op, Operands operands);
Array evaluate_negate(mlir::Operation* op, Operands operands);
Array evaluate_not(mlir::Operation* op, Operands operands);
Array evaluate_or(mlir::Operation* op, Operands operands);
Array evaluate_power(mlir::Operation* op, Operands operands);
Array evaluate_round(mlir::Operation* op, Operands operands);
Array evaluate_rsqrt(mlir::Operation* op, Operands operands);
Array evaluate_select(mlir::Operation* op, Operands operands);
Array evaluate_sign(mlir::Operation* op, Operands operands);
Array evaluate_sine(mlir::Operation* op, Operands operands);
Array evaluate_sqrt(mlir::Operation* op, Operands operands);
Array evaluate_subtract(mlir::Operation* op, Operands operands);
Array evaluate_tanh(mlir::Operation* op, Operands operands);
Array evaluate_xor(mlir::Operation* op, Operands operands);

// movement.cc
Array evaluate_broadcast(mlir::Operation* op, Operands operands);
Array evaluate_concatenate(mlir::Operation* op, Operands operands);
Array evaluate_constant(mlir::Operation* op, Operands operands);
Array evaluate_dynamic_slice(mlir::Operation* op, Operands operands);
Array evaluate_dynamic_update_slice(mlir::Operation* op, Operands operands);
Array evaluate_iota(mlir::Operation* op, Operands operands);
Array evaluate_pad(mlir::Operation* op, Operands operands);
Array evaluate_reshape(mlir::Operation* op, Operands operands);
Array evaluate_reverse(mlir::Operation* op, Operands operands);
Array evaluate_slice(mlir::Operation* op, Operands operands);
Array evaluate_transpose(mlir::Operation* op, Operands operands);

// `x` with low, high and interior (gaps between elements) padding of one value; negative padding takes
// elements away.
Array padded(const Array& x, const Array& value, llvm::ArrayRef<std::int64_t> low,
             llvm::ArrayRef<std::int64_t> high, llvm::ArrayRef<std::int64_t> interior);

// dot.cc, convolution.cc
Array evaluate_convolution(mlir::Operation* op, Operands operands);
Array evaluate_dot_general(mlir::Operation* op, Operands operands);
// Products of operands whose type differs from the result's are computed in the result's: `x`, or it
// converted into `storage`.
const Array& in_result_type(mlir::Operation* op, const Array& x, Array& storage);

// reduce.cc, window.cc, indexed.cc, check.cc
mlir::FailureOr<Results> evaluate_reduce_window(mlir::Operation* op, Operands operands);
mlir::FailureOr<Results> evaluate_select_and_scatter(mlir::Operation* op, Operands operands);
mlir::FailureOr<Results> evaluate_reduce(mlir::Operation* op, Operands operands);
Array evaluate_gather(mlir::Operation* op, Operands operands);
mlir::FailureOr<Results> evaluate_scatter(mlir::Operation* op, Operands operands);
mlir::FailureOr<Results> evaluate_check(mlir::Operation* op, Operands operands);

}  // namespace sotto::ir
