// The guard's operations: probes of what a window was chosen for, and how many of them are outside.
#include "passes/lower/guard.h"

#include <cmath>
#include <numbers>

#include "passes/lower/format.h"
#include "passes/lower/lowering.h"
#include "protocols/table.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using privacy::BoundStatus;

// A group's norm, times five, stays below the limit: then a false alarm has probability 2 e^-25
// (protocols/probes.h).
constexpr double kNorms = 5;
// Where a bit more of the window costs as much (0.6 bytes an element) as it saves in probes (7 kB a group).
constexpr int64_t kUsualGroup = 16384;

// No larger one, whatever was measured (0.1 bytes an element): what was tiny on the sample may grow by far
// more than the margin without alarm as long as it is far from its window.
constexpr int64_t kLargestGroup = 65536;

// How far the norm of a group of so many elements may go without alarm. Zeros on all of the sample say
// nothing: such a value is taken to be like one that was not measured.
double largest_norm(const Range& range, int64_t count, const Precision& precision) {
  const double norm = range.magnitude() > 0 ? range.norm(count) : std::sqrt(static_cast<double>(count));
  return std::ldexp(norm, precision.margin_bits);
}

int64_t elements_of(Value value) { return std::max<int64_t>(tensor_type(value).getNumElements(), 1); }

}  // namespace

std::optional<Ends> positive_ends(Value value, const Precision& precision) {
  const auto range = range_of(value);
  if (!range || range->minimum <= 0) return std::nullopt;
  const double margin = std::ldexp(1.0, precision.margin_bits);
  return Ends{range->minimum / margin, range->maximum * margin};
}

bool is_guarded(Value value) {
  return llvm::any_of(value.getUsers(),
                      [](mlir::Operation* user) { return llvm::isa<privacy::CountOutsideOp>(user); });
}

int guarded_bound(Value value, const Range& range, const Precision& precision) {
  const double norm = largest_norm(range, std::min(elements_of(value), kUsualGroup), precision);
  return Range{.minimum = -2 * kNorms * norm, .maximum = 2 * kNorms * norm}.bound_bits(0);
}

int64_t probe_groups(Value value, double limit, const Precision& precision) {
  const auto range = range_of(value).value_or(Range{-1, 1, 2});
  const int64_t elements = elements_of(value);
  const auto good = [&](int64_t groups) {
    const int64_t size = (elements + groups - 1) / groups;
    return size <= kLargestGroup && kNorms * largest_norm(range, size, precision) <= limit;
  };
  int64_t least = 1, most = elements;
  while (least < most) {
    const int64_t middle = least + (most - least) / 2;
    if (good(middle))
      most = middle;
    else
      least = middle + 1;
  }
  return most;
}

int64_t probe_limit(int window, int truncated_bits) {
  // In units before truncation, which may round up to the next: one unit less.
  return (int64_t{1} << (window - 2 + truncated_bits)) -
         (truncated_bits > 0 ? int64_t{1} << (truncated_bits - 1) : 0);
}

mlir::LogicalResult lower_count_outside(Lowering& lowering, privacy::CountOutsideOp op) {
  const Value operand = op.getOperand();
  mlir::OpBuilder& builder = lowering.builder();
  Probed probed = lowering.probes_of(operand);
  if (!probed.projection && !probed.proven) {
    const Value v = lowering.share_of(operand);
    if (!v) return mlir::failure();
    probed.proven = fixed(v).getStatus() != BoundStatus::Calibrated;
  }
  // Probes of what may come as close to its bound as it likes would raise false alarms: their limit is half
  // of it.
  if (probed.proven) return lowering.set(op, {.product = {}, .terms = {}}), mlir::success();
  if (!probed.projection) {
    const Value v = lowering.share_of(operand);
    const int fraction = fixed(v).getFractionBits(), window = window_for(fixed(v).getBoundBits(), fraction);
    const int64_t groups =
        probe_groups(operand, std::ldexp(1.0, window - 2 - fraction), lowering.precision());
    const auto type = privacy::secret(op.getContext(), {groups, protocols::kProbes}, fraction,
                                      fixed(v).getBoundBits(), BoundStatus::Calibrated);
    probed = {.projection = builder.create<privacy::ProbeOp>(op.getLoc(), type, v, groups),
              .limit = probe_limit(window, 0)};
  }
  const double most = 2 * static_cast<double>(protocols::kProbes * fixed(probed.projection).getShape()[0]);
  const auto type = privacy::secret(op.getContext(), {}, 0,
                                    Range{.minimum = 0, .maximum = most}.bound_bits(0), BoundStatus::Proven);
  lowering.set_share(op,
                     builder.create<privacy::OutsideOp>(op.getLoc(), type, probed.projection, probed.limit));
  return mlir::success();
}

// The operand moved so that its range lies around zero, compared element by element.
namespace {

// Where the results of the value's exponentials reach their bound: beyond they have no room, whatever is
// known of the value itself.
double largest_exponent(const Lowering& lowering, Value value, double bound) {
  for (mlir::Operation* user : value.getUsers())
    if (auto exponential = llvm::dyn_cast<hlo::ExponentialOp>(user))
      bound = std::min(bound, lowering.bound_of(exponential.getResult(), {}).bits * std::numbers::ln2);
  return bound;
}

}  // namespace

mlir::LogicalResult lower_count_beyond(Lowering& lowering, privacy::CountBeyondOp op) {
  const Value v = lowering.share_of(op.getOperand());
  if (!v) return mlir::failure();
  mlir::OpBuilder& builder = lowering.builder();
  const auto type = fixed(v);
  const int fraction = static_cast<int>(type.getFractionBits());
  const double bound = std::ldexp(1.0, static_cast<int>(type.getBoundBits()));
  const double largest = op.getPositive() ? bound : largest_exponent(lowering, op.getOperand(), bound);
  const bool by_result = !op.getPositive() && largest < bound;
  if (type.getStatus() != BoundStatus::Calibrated && !op.getPositive() && !by_result)
    return lowering.set(op, {.product = {}, .terms = {}}), mlir::success();
  Value centred = v;
  auto limit = int64_t{1} << std::clamp<int>(static_cast<int>(type.getBoundBits()) + fraction, 0, 62);
  if (op.getPositive() || by_result) {
    const auto ends =
        by_result ? Ends{-bound, largest} : positive_ends(op.getOperand(), lowering.precision());
    if (!ends) return mlir::failure();  // its function said why
    const auto least = static_cast<int64_t>(std::ceil(std::ldexp(ends->least, fraction)));
    const auto most = static_cast<int64_t>(std::floor(std::ldexp(ends->most, fraction)));
    limit = (most - least) / 2 + 1;
    const double centre = std::ldexp(static_cast<double>(least + (most - least) / 2), -fraction);
    const Range at_centre{.minimum = std::min(centre, 0.0), .maximum = std::max(centre, 0.0)};
    const auto constant = privacy::secret(op.getContext(), type.getShape(), fraction, at_centre.bound_bits(0),
                                          BoundStatus::Proven);
    const auto moved =
        privacy::secret(op.getContext(), type.getShape(), fraction,
                        std::max<int>(type.getBoundBits(), constant.getBoundBits()) + 1, type.getStatus());
    centred = builder.create<privacy::SubtractOp>(
        op.getLoc(), moved, v,
        builder.create<privacy::ConstantOp>(op.getLoc(), constant, llvm::ArrayRef<double>{centre}));
  }
  const auto count = privacy::secret(
      op.getContext(), {}, 0,
      Range{.minimum = 0, .maximum = 2 * static_cast<double>(elements_of(op.getOperand()))}.bound_bits(0),
      BoundStatus::Proven);
  lowering.set_share(op, builder.create<privacy::OutsideOp>(op.getLoc(), count, centred, limit));
  return mlir::success();
}

// count - 1 >= 0
mlir::LogicalResult lower_any_outside(Lowering& lowering, privacy::AnyOutsideOp op) {
  const Value count = lowering.share_of(op.getCount());
  mlir::OpBuilder& builder = lowering.builder();
  const auto one = privacy::secret(op.getContext(), {}, 0, 1, BoundStatus::Proven);
  const auto type =
      privacy::secret(op.getContext(), {}, 0, fixed(count).getBoundBits() + 1, fixed(count).getStatus());
  const Value less = builder.create<privacy::SubtractOp>(
      op.getLoc(), type, count,
      builder.create<privacy::ConstantOp>(op.getLoc(), one, llvm::ArrayRef<double>{1.0}));
  lowering.set_bit(
      op, builder.create<privacy::SignOp>(op.getLoc(), privacy::BitsType::get(op.getContext(), {}), less,
                                          window_for(type.getBoundBits(), 0)));
  return mlir::success();
}

}  // namespace sotto::passes
