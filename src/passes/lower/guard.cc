// The guard's comparisons, at full width: they must hold exactly where windowed ones would not.
#include <cmath>

#include "passes/lower/format.h"
#include "passes/lower/lowering.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using privacy::BoundStatus;

constexpr int64_t kFullWidth = 64;

class Counting {
 public:
  Counting(Lowering& lowering, mlir::Location location) : to_(lowering), location_(location) {}

  // a + sign * b, a bit wider than either.
  Value sum(Value a, Value b, int sign) {
    const int fraction = std::max(fixed(a).getFractionBits(), fixed(b).getFractionBits());
    const int bound = std::max(fixed(a).getBoundBits(), fixed(b).getBoundBits()) + 1;
    const auto type =
        privacy::secret(context(), fixed(a).getShape(), fraction, bound, BoundStatus::Calibrated);
    if (sign < 0) return to_.builder().create<privacy::SubtractOp>(location_, type, a, b);
    return to_.builder().create<privacy::AddOp>(location_, type, a, b);
  }

  Value constant(Value like, double value) {
    return to_.constant(location_, fixed(like).getShape(), {value});
  }
  Value not_negative(Value a, int64_t window) {
    const auto type = privacy::BitsType::get(context(), fixed(a).getShape());
    return to_.builder().create<privacy::SignOp>(location_, type, a, window);
  }

  // How many elements are at least zero, as a whole number.
  Value count_not_negative(Value a) {
    const Value bits = not_negative(a, kFullWidth);
    const auto shape = fixed(a).getShape();
    const auto ones = privacy::secret(context(), shape, 0, 1, BoundStatus::Proven);
    const Value numbers = to_.builder().create<privacy::FromBitsOp>(location_, ones, bits);
    if (shape.empty()) return numbers;
    double elements = 1;
    for (int64_t extent : shape) elements *= static_cast<double>(extent);
    const auto total =
        privacy::secret(context(), {}, 0, Range{0, elements, 0}.bound_bits(0), BoundStatus::Proven);
    return to_.builder().create<privacy::SumOp>(location_, total, numbers,
                                                dimensions_without(static_cast<int64_t>(shape.size()), {}));
  }

 private:
  mlir::MLIRContext* context() { return to_.builder().getContext(); }

  Lowering& to_;
  mlir::Location location_;
};

}  // namespace

mlir::LogicalResult lower_count_inside(Lowering& lowering, privacy::CountInsideOp op) {
  const Value v = lowering.share_of(op.getOperand());
  if (!v) return mlir::failure();
  Counting counting(lowering, op.getLoc());
  const int fraction = fixed(v).getFractionBits();
  const int window = window_for(fixed(v).getBoundBits(), fraction);
  const double largest = std::ldexp(1.0, window - 1 - fraction) - std::ldexp(1.0, -fraction);
  const Value limit = counting.constant(v, largest);
  const Value below = counting.count_not_negative(counting.sum(limit, v, -1));
  const Value above = counting.count_not_negative(counting.sum(limit, v, 1));
  lowering.set_share(op, counting.sum(below, above, 1));
  return mlir::success();
}

mlir::LogicalResult lower_any_outside(Lowering& lowering, privacy::AnyOutsideOp op) {
  Counting counting(lowering, op.getLoc());
  Value total = lowering.share_of(op.getCounts().front());
  for (Value count : op.getCounts().drop_front()) total = counting.sum(total, lowering.share_of(count), 1);
  const Value enough = counting.constant(total, static_cast<double>(op.getExpected() - 1));
  const Value missing = counting.sum(enough, total, -1);
  const int64_t window = window_for(fixed(missing).getBoundBits(), fixed(missing).getFractionBits());
  lowering.set_bit(op, counting.not_negative(missing, window));
  return mlir::success();
}

}  // namespace sotto::passes
