// Roots: 1 / sqrt(x) and sqrt(x), on ranges that are as narrow as can be told.
//
// x + c with x >= 0 and a constant c > 0 (an epsilon) is at least c: no value is trusted to what was
// measured.
#include <cmath>

#include "passes/lower/format.h"
#include "passes/lower/lowering.h"
#include "passes/train/arguments.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using privacy::BoundStatus;

// Whether a value cannot be negative, neither as a real number nor after truncation, which keeps zero and
// never passes it.
class Sign {
 public:
  bool not_negative(Value value) {
    if (const auto number = splat_value(value)) return *number >= 0;
    if (!asked_.insert(value).second) return true;  // a state: true if its next value is, given that it is
    if (auto argument = llvm::dyn_cast<mlir::BlockArgument>(value)) return state_not_negative(argument);
    mlir::Operation* op = value.getDefiningOp();
    if (llvm::isa<hlo::ExponentialOp, hlo::LogisticOp, hlo::SqrtOp, hlo::RsqrtOp, hlo::AbsOp>(op))
      return true;
    if (llvm::isa<privacy::ReluOp, privacy::RowSoftmaxOp>(op)) return true;
    if (llvm::isa<hlo::MultiplyOp>(op) && op->getOperand(0) == op->getOperand(1)) return true;
    if (llvm::isa<hlo::MaximumOp>(op))
      return not_negative(op->getOperand(0)) || not_negative(op->getOperand(1));
    if (llvm::isa<hlo::AddOp, hlo::MultiplyOp, hlo::DivideOp, hlo::MinimumOp>(op))
      return not_negative(op->getOperand(0)) && not_negative(op->getOperand(1));
    if (llvm::isa<hlo::ReshapeOp, hlo::TransposeOp, hlo::BroadcastInDimOp, hlo::SliceOp>(op) ||
        is_reduction(op, "stablehlo.add"))
      return not_negative(op->getOperand(0));
    return false;
  }

 private:
  bool state_not_negative(mlir::BlockArgument argument) {
    auto function = llvm::dyn_cast<mlir::func::FuncOp>(argument.getOwner()->getParentOp());
    if (!function) return false;
    const unsigned index = argument.getArgNumber();
    const auto start = function.getArgAttrOfType<mlir::StringAttr>(index, kInitializerAttribute);
    if (!start || start.getValue() != "zeros") return false;
    for (unsigned result = 0; result < function.getNumResults(); ++result)
      if (auto next = function.getResultAttrOfType<mlir::StringAttr>(result, kNextAttribute);
          next && next.getValue() == argument_name(function, index))
        return not_negative(return_of(function).getOperand(result));
    return true;
  }

  llvm::DenseSet<Value> asked_;
};

// A finished operand and where it lies.
struct Ranged {
  Value share;
  double minimum = 0, maximum = 0;
};

// The guard finds what leaves the window of a value, which is a little wider than its bound.
int guarded_bits(Value share) {
  const int fraction = fixed(share).getFractionBits();
  return window_for(fixed(share).getBoundBits(), fraction) - 1 - fraction;
}

// x + c, with the constant exact to some bits and no finer than x needs.
Ranged offset(Lowering& to, Value x, double c, mlir::Location location) {
  const Value share = to.share_of(x);
  if (!share) return {};
  constexpr int kBitsOfOffset = 4;
  const int fraction = std::max<int>(fixed(share).getFractionBits(),
                                     kBitsOfOffset - static_cast<int>(std::floor(std::log2(c))));
  const auto constant = privacy::secret(location.getContext(), shape_of(x), fraction,
                                        Range{-c, c, 0}.bound_bits(0), BoundStatus::Proven);
  const Value added = to.builder().create<privacy::ConstantOp>(location, constant, llvm::ArrayRef<double>{c});
  const int bound = std::max<int>(fixed(share).getBoundBits(), constant.getBoundBits()) + 1;
  const auto type =
      privacy::secret(location.getContext(), shape_of(x), fraction, bound, fixed(share).getStatus());
  return {.share = to.builder().create<privacy::AddOp>(location, type, share, added),
          .minimum = c,
          .maximum = std::ldexp(1.0, guarded_bits(share)) + c};
}

std::optional<Ranged> ranged(Lowering& to, mlir::Operation* op) {
  const Value operand = op->getOperand(0);
  if (auto sum = operand.getDefiningOp<hlo::AddOp>()) {
    const auto c = splat_value(sum.getRhs());
    if (c && *c > 0 && Sign().not_negative(sum.getLhs())) return offset(to, sum.getLhs(), *c, op->getLoc());
  }
  const auto range = range_of(operand);
  if (!range || range->minimum <= 0) {
    op->emitError("needs an operand that is positive, and none of its values may be near zero");
    return std::nullopt;
  }
  const double margin = std::ldexp(1.0, to.precision().margin_bits);
  return Ranged{to.share_of(operand), range->minimum / margin, range->maximum * margin};
}

}  // namespace

mlir::LogicalResult lower_rsqrt(Lowering& to, hlo::RsqrtOp op) {
  const auto x = ranged(to, op);
  if (!x || !x->share) return mlir::failure();
  // The smallest result keeps eight bits.
  constexpr int kBitsOfSmallest = 9;
  const int fraction = std::max(to.precision().fraction_bits,
                                static_cast<int>(std::ceil(std::log2(x->maximum) / 2)) + kBitsOfSmallest);
  const int bound = static_cast<int>(std::floor(-std::log2(x->minimum) / 2)) + 1;
  const auto type =
      privacy::secret(op.getContext(), shape_of(op), fraction, bound, fixed(x->share).getStatus());
  auto& builder = to.builder();
  to.set_share(
      op, builder.create<privacy::RsqrtOp>(op.getLoc(), type, x->share, builder.getF64FloatAttr(x->minimum),
                                           builder.getF64FloatAttr(x->maximum)));
  return mlir::success();
}

mlir::LogicalResult lower_sqrt(Lowering& to, hlo::SqrtOp op) {
  const auto x = ranged(to, op);
  if (!x || !x->share) return mlir::failure();
  const int bound = static_cast<int>(std::floor(std::log2(x->maximum) / 2)) + 1;
  const auto type = privacy::secret(op.getContext(), shape_of(op), to.precision().fraction_bits, bound,
                                    fixed(x->share).getStatus());
  auto& builder = to.builder();
  to.set_share(
      op, builder.create<privacy::SqrtOp>(op.getLoc(), type, x->share, builder.getF64FloatAttr(x->minimum),
                                          builder.getF64FloatAttr(x->maximum)));
  return mlir::success();
}

}  // namespace sotto::passes
