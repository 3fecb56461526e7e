// The checks of conformance programs, written as custom calls with what was computed and what is expected.
#include <bit>
#include <cmath>

#include "ir/interpreter/rows.h"

namespace sotto::ir {
namespace {

constexpr std::int64_t kUlps = 3;    // expect_close: units in the last place
constexpr double kTolerance = 1e-4;  // expect_almost_eq: absolute or relative

// How many floats lie between.
std::int64_t ulps_apart(float x, float y) {
  auto key = [](float value) -> std::int64_t {
    auto bits = std::bit_cast<std::int32_t>(value);
    return bits < 0 ? std::int64_t{INT32_MIN} - bits : bits;
  };
  return std::abs(key(x) - key(y));
}

bool is_close(llvm::StringRef check, double actual, double expected) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return true;
  if (check == "check.expect_close")
    return ulps_apart(static_cast<float>(actual), static_cast<float>(expected)) <= kUlps;
  if (check == "check.expect_almost_eq")
    return std::abs(actual - expected) <= kTolerance * std::max(1.0, std::abs(expected));
  return false;
}

}  // namespace

mlir::FailureOr<Results> evaluate_check(mlir::Operation* op, Operands operands) {
  llvm::StringRef check = llvm::cast<stablehlo::CustomCallOp>(op).getCallTargetName();
  if (!check.starts_with("check.expect_") || operands.size() != 2)
    return op->emitError() << "call of @" << check << " has no meaning in the interpreter";
  const Array &actual = *operands[0], &expected = *operands[1];
  if (actual.shape() != expected.shape() || actual.type() != expected.type())
    return op->emitError() << check << ": the operands differ in type";
  bool same_integers = !is_float(actual.type()) && actual.values() == expected.values();
  if (same_integers) return Results();
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (!is_close(check, actual.at(i), expected.at(i)) || !is_float(actual.type()))
      return op->emitError() << check << ": element " << i << " is " << actual.at(i) << ", expected "
                             << expected.at(i);
  }
  return Results();
}

}  // namespace sotto::ir
