// How each operation lowers. Linear operations collect into expressions; the others need finished shares.
#include <cmath>

#include "llvm/ADT/TypeSwitch.h"
#include "passes/lower/format.h"
#include "passes/lower/guard.h"
#include "passes/lower/lowering.h"

namespace sotto::passes {
namespace {

using mlir::LogicalResult;
using mlir::Operation;
using mlir::success;
using mlir::Value;

class Rules {
 public:
  Rules(Lowering& lowering, Operation* op) : to_(lowering), op_(op), location_(op->getLoc()) {}

  LogicalResult lower() {
    if (op_->getNumResults() == 0)
      return op_->emitError() << "'" << op_->getName() << "' has no private kernel";
    const auto element = tensor_type(result()).getElementType();
    // Integers come as data and become floats: fixed point does not wrap as they do.
    const bool moves = llvm::isa<hlo::ReshapeOp, hlo::TransposeOp, hlo::BroadcastInDimOp, hlo::SliceOp>(op_);
    if (llvm::isa<mlir::IntegerType>(element) && !element.isInteger(1) && !moves)
      return op_->emitError() << "arithmetic on " << element
                              << " has no private kernel: convert to floats first";
    return llvm::TypeSwitch<Operation*, LogicalResult>(op_)
        .Case([&](hlo::AddOp o) { return sum(o.getLhs(), o.getRhs(), 1); })
        .Case([&](hlo::SubtractOp o) { return sum(o.getLhs(), o.getRhs(), -1); })
        .Case([&](hlo::NegateOp o) { return scaled(o.getOperand(), -1); })
        .Case([&](hlo::MultiplyOp o) { return multiply(o); })
        .Case([&](hlo::DivideOp o) { return divide(o); })
        .Case([&](hlo::DotGeneralOp o) { return dot(o); })
        .Case([&](hlo::ConvolutionOp o) { return convolution(o); })
        .Case([&](hlo::ReduceOp o) { return reduce(o); })
        .Case([&](hlo::BroadcastInDimOp o) { return broadcast_in_dim(o); })
        .Case([&](hlo::ReshapeOp o) { return reshape(o); })
        .Case([&](hlo::TransposeOp o) { return transpose(o); })
        .Case([&](hlo::SliceOp o) { return slice(o); })
        .Case([&](hlo::PadOp o) { return pad(o); })
        .Case([&](hlo::ReverseOp o) { return move<privacy::ReverseOp>(o.getOperand(), o.getDimensions()); })
        .Case([&](hlo::ConcatenateOp o) { return concatenate(o); })
        .Case([&](hlo::ConvertOp o) { return convert(o); })
        .Case([&](hlo::ExponentialOp o) { return exponential(o); })
        .Case([&](hlo::LogOp o) { return logarithm(o); })
        .Case([&](hlo::RsqrtOp o) { return lower_rsqrt(to_, o); })
        .Case([&](hlo::SqrtOp o) { return lower_sqrt(to_, o); })
        .Case([&](hlo::LogisticOp o) { return saturating<privacy::LogisticOp>(o.getOperand()); })
        .Case([&](hlo::TanhOp o) { return saturating<privacy::TanhOp>(o.getOperand()); })
        .Case([&](hlo::CompareOp o) { return compare(o); })
        .Case([&](hlo::NotOp o) { return complement(o); })
        .Case([&](hlo::SelectOp o) { return select(o); })
        .Case([&](hlo::MaximumOp o) { return larger(o.getLhs(), o.getRhs(), 1); })
        .Case([&](hlo::MinimumOp o) { return larger(o.getLhs(), o.getRhs(), -1); })
        .Case([&](privacy::TabulatedOp) { return success(); })  // its uses read it
        .Case([&](privacy::ReluOp o) { return relu(o); })
        .Case([&](privacy::LargerOp o) { return larger(o); })
        .Case([&](privacy::MaskOp o) { return mask(o); })
        .Case([&](privacy::RowSoftmaxOp o) { return softmax(o); })
        .Case([&](privacy::RowMaximumOp o) { return row_maximum(o); })
        .Case([&](privacy::RowArgmaxOp o) { return row_argmax(o); })
        .Case([&](privacy::CountOutsideOp o) { return lower_count_outside(to_, o); })
        .Case([&](privacy::CountBeyondOp o) { return lower_count_beyond(to_, o); })
        .Case([&](privacy::AnyOutsideOp o) { return lower_any_outside(to_, o); })
        .Default([](Operation* o) {
          return o->emitError()
                 << "'" << o->getName()
                 << "' has no private kernel; operations that lower are add, subtract, negate, "
                    "multiply, divide, dot_general, convolution, reduce, reduce_window, "
                    "select_and_scatter, broadcast_in_dim, reshape, transpose, reverse, pad, slice, "
                    "concatenate, convert, exponential, log, sqrt, rsqrt, logistic, tanh, compare, not, "
                    "select, "
                    "maximum and minimum";
        });
  }

 private:
  mlir::OpBuilder& builder() { return to_.builder(); }
  Value result() { return op_->getResult(0); }
  int fraction() const { return to_.precision().fraction_bits; }
  static int fraction_of(Value share) { return fixed(share).getFractionBits(); }
  static int bound_of(Value share) { return fixed(share).getBoundBits(); }
  static int window_of(Value share, int extra_bits) {
    return window_for(bound_of(share) + extra_bits, fraction_of(share));
  }
  LogicalResult set(Expression expression) { return to_.set(result(), std::move(expression)), success(); }
  LogicalResult set_single(Value share, double factor) {
    return set({.product = {}, .terms = {{.share = share, .factor = factor}}});
  }

  // ---- Linear
  // ------------------------------------------------------------------------------------------------------

  LogicalResult scaled(Value operand, double factor) {
    Expression expression = to_.expression_of(operand);
    expression.scale(factor);
    return set(std::move(expression));
  }

  LogicalResult sum(Value a, Value b, double sign) {
    Expression left = to_.expression_of(a);
    // A contraction has room for one product: the second operand's is finished first.
    Expression right = left.product && to_.expression_of(b).product
                           ? Expression{.product = {}, .terms = {to_.term_of(b)}}
                           : to_.expression_of(b);
    right.scale(sign);
    if (right.product) left.product = right.product;
    left.terms.append(right.terms);
    return set(std::move(left));
  }

  LogicalResult multiply(hlo::MultiplyOp op) {
    if (const auto factor = splat_value(op.getRhs())) return scaled(op.getLhs(), *factor);
    if (const auto factor = splat_value(op.getLhs())) return scaled(op.getRhs(), *factor);
    if (auto number = op.getRhs().getDefiningOp<privacy::TabulatedOp>())
      return scheduled(op.getLhs(), number);
    if (auto number = op.getLhs().getDefiningOp<privacy::TabulatedOp>())
      return scheduled(op.getRhs(), number);
    return product(op.getLhs(), op.getRhs());
  }

  // A product whose factor changes from step to step is scaled as it is made, for nothing.
  LogicalResult scheduled(Value operand, privacy::TabulatedOp number) {
    Expression expression = to_.expression_of(operand);
    if (!expression.product || !expression.terms.empty() || !expression.product->schedule.empty())
      return op_->emitError("a number that changes from step to step can multiply a product only");
    expression.product->schedule = number.getValues();
    if (const auto range = range_of(result()))
      expression.product->magnitude = std::ldexp(range->magnitude(), to_.precision().margin_bits);
    return set(std::move(expression));
  }

  LogicalResult product(Value a, Value b) {
    const Term left = to_.term_of(a), right = to_.term_of(b);
    if (!left.share || !right.share) return mlir::failure();
    return product_of(left, right);
  }
  LogicalResult product_of(const Term& left, const Term& right) {
    return set({.product = Product{.a = left.share, .b = right.share, .factor = left.factor * right.factor},
                .terms = {}});
  }

  LogicalResult dot(hlo::DotGeneralOp op) {
    const auto numbers = op.getDotDimensionNumbers();
    if (shape_of(op.getLhs()).size() != 2 || shape_of(op.getRhs()).size() != 2 ||
        numbers.getLhsContractingDimensions().size() != 1 || !numbers.getLhsBatchingDimensions().empty())
      return op.emitError("only products of two matrices along one dimension have a private kernel");
    const Term left = to_.term_of(op.getLhs()), right = to_.term_of(op.getRhs());
    if (!left.share || !right.share) return mlir::failure();
    return set({.product = Product{.kind = Product::Kind::kMatrix,
                                   .a = left.share,
                                   .b = right.share,
                                   .transpose_a = numbers.getLhsContractingDimensions()[0] == 0,
                                   .transpose_b = numbers.getRhsContractingDimensions()[0] == 1,
                                   .factor = left.factor * right.factor},
                .terms = {}});
  }

  LogicalResult convolution(hlo::ConvolutionOp op) {
    if (shape_of(op).size() != 4 || op.getFeatureGroupCount() != 1 || op.getBatchGroupCount() != 1)
      return op.emitError("only convolutions over two dimensions, without groups, have a private kernel");
    const Term left = to_.term_of(op.getLhs()), right = to_.term_of(op.getRhs());
    if (!left.share || !right.share) return mlir::failure();
    return set({.product = Product{.kind = Product::Kind::kConvolution,
                                   .a = left.share,
                                   .b = right.share,
                                   .convolution = op,
                                   .factor = left.factor * right.factor},
                .terms = {}});
  }

  LogicalResult reduce(hlo::ReduceOp op) {
    if (!is_reduction(op, "stablehlo.add"))
      return op.emitError("only sums, and maxima along the last axis, have a private kernel");
    const Term term = to_.term_of(op.getInputs().front());
    if (!term.share) return mlir::failure();
    const auto input = fixed(term.share);
    const double count = static_cast<double>(tensor_type(op.getInputs().front()).getNumElements()) /
                         static_cast<double>(tensor_type(result()).getNumElements());
    const Bound proven{bound_of(term.share) + static_cast<int>(std::ceil(std::log2(std::max(count, 1.0)))),
                       input.getStatus()};
    // The measured range is that of the scaled sum; the unscaled one is only proven.
    const auto type = term.factor == 1 ? to_.type_of(result(), fraction_of(term.share), proven)
                                       : privacy::secret(op.getContext(), shape_of(result()),
                                                         fraction_of(term.share), proven.bits, proven.status);
    return set_single(builder().create<privacy::SumOp>(location_, type, term.share, op.getDimensions()),
                      term.factor);
  }

  // ---- Moves: on the share, the factor stays
  // ------------------------------------------------------------------------

  template <class Kernel, class... Arguments>
  LogicalResult move(Value operand, Arguments... arguments) {
    const Term term = to_.term_of(operand);
    if (!term.share) return mlir::failure();
    const auto type = to_.reshaped_type(term.share, shape_of(result()));
    return set_single(builder().create<Kernel>(location_, type, term.share, arguments...), term.factor);
  }
  template <class Kernel, class... Arguments>
  LogicalResult move_bits(Value operand, Arguments... arguments) {
    const auto type = privacy::BitsType::get(op_->getContext(), shape_of(result()));
    to_.set_bit(result(), builder().create<Kernel>(location_, type, to_.bit_of(operand), arguments...));
    return success();
  }
  bool on_bits() const { return static_cast<bool>(to_.bit_of(op_->getOperand(0))); }

  LogicalResult broadcast_in_dim(hlo::BroadcastInDimOp op) {
    if (on_bits()) return move_bits<privacy::BroadcastOp>(op.getOperand(), op.getBroadcastDimensions());
    const Term term = to_.term_of(op.getOperand());
    if (!term.share) return mlir::failure();
    const auto shape = shape_of(op);
    // A row for every row: sums take it as it is.
    if (shape.size() >= 2 && shape_of(op.getOperand()).size() == 1 &&
        op.getBroadcastDimensions()[0] == static_cast<int64_t>(shape.size()) - 1 &&
        shape_of(op.getOperand())[0] == shape.back() && llvm::all_of(op->getUsers(), takes_rows))
      return to_.set(op,
                     {.product = {}, .terms = {{.share = term.share, .factor = term.factor, .row = true}}}),
             success();
    return move<privacy::BroadcastOp>(op.getOperand(), op.getBroadcastDimensions());
  }
  static bool takes_rows(Operation* user) {
    return llvm::isa<hlo::AddOp, hlo::SubtractOp>(user) && Lowering::used_once(user->getResult(0));
  }

  LogicalResult reshape(hlo::ReshapeOp op) {
    return on_bits() ? move_bits<privacy::ReshapeOp>(op.getOperand())
                     : move<privacy::ReshapeOp>(op.getOperand());
  }
  LogicalResult transpose(hlo::TransposeOp op) {
    return on_bits() ? move_bits<privacy::TransposeOp>(op.getOperand(), op.getPermutation())
                     : move<privacy::TransposeOp>(op.getOperand(), op.getPermutation());
  }
  LogicalResult slice(hlo::SliceOp op) {
    if (on_bits()) return op.emitError("a slice of Booleans has no private kernel");
    // Where slices are compared the guard watches the whole: all take their windows from it, so it is
    // finished first.
    if (is_guarded(op.getOperand()) && !to_.share_of(op.getOperand())) return mlir::failure();
    return move<privacy::SliceOp>(op.getOperand(), op.getStartIndices(), op.getLimitIndices(),
                                  op.getStrides());
  }
  LogicalResult pad(hlo::PadOp op) {
    if (splat_value(op.getPaddingValue()) != 0.0)
      return op.emitError("only padding with zeros has a private kernel");
    return move<privacy::PadOp>(op.getOperand(), op.getEdgePaddingLow(), op.getEdgePaddingHigh(),
                                op.getInteriorPadding());
  }
  LogicalResult concatenate(hlo::ConcatenateOp op) {
    llvm::SmallVector<Value> parts;
    int finest = 0, bound = 0;
    auto status = privacy::BoundStatus::Proven;
    for (Value input : op.getInputs()) finest = std::max(finest, fraction_of(to_.share_of(input)));
    for (Value input : op.getInputs()) {
      parts.push_back(refined(to_.share_of(input, finest), finest));
      if (!parts.back()) return mlir::failure();
      bound = std::max(bound, bound_of(parts.back()));
      status = std::max(status, fixed(parts.back()).getStatus());
    }
    const auto type = privacy::secret(op.getContext(), shape_of(op), finest, bound, status);
    return set_single(builder().create<privacy::ConcatenateOp>(
                          location_, type, parts, builder().getI64IntegerAttr(op.getDimension())),
                      1);
  }
  // Sums may come coarser than they were asked for, where finer bits would all be zeros: here they are
  // wanted.
  Value refined(Value share, int fraction_bits) {
    if (!share || fraction_of(share) == fraction_bits) return share;
    const auto type = privacy::secret(op_->getContext(), fixed(share).getShape(), fraction_bits,
                                      bound_of(share), fixed(share).getStatus());
    return builder().create<privacy::ScaleOp>(location_, type, share,
                                              int64_t{1} << (fraction_bits - fraction_of(share)));
  }
  LogicalResult convert(hlo::ConvertOp op) {
    if (!is_float(op)) return op.emitError("this conversion has no private kernel");
    if (!to_.bit_of(op.getOperand())) return scaled(op.getOperand(), 1);
    const auto type = privacy::secret(op.getContext(), shape_of(op), 0, 1, privacy::BoundStatus::Proven);
    return set_single(builder().create<privacy::FromBitsOp>(location_, type, to_.bit_of(op.getOperand())), 1);
  }

  // ---- Functions
  // ----------------------------------------------------------------------------------------------------

  // Where an argument must lie, from what was measured; the margin widens it on both sides.
  std::optional<std::pair<double, double>> positive_range(Value value) {
    const auto ends = positive_ends(value, to_.precision());
    if (!ends) {
      op_->emitError("needs an operand that is positive, and none of its values may be near zero");
      return std::nullopt;
    }
    return std::pair{ends->least, ends->most};
  }

  LogicalResult divide(hlo::DivideOp op) {
    // One reciprocal for a whole row.
    auto repeat = op.getRhs().getDefiningOp<hlo::BroadcastInDimOp>();
    const Value divisor = repeat ? repeat.getOperand() : op.getRhs();
    const auto range = positive_range(divisor);
    if (!range) return mlir::failure();
    const Value share = to_.share_of(divisor);
    if (!share) return mlir::failure();
    const int bound = static_cast<int>(std::ceil(-std::log2(range->first))) + 1;
    const auto type = privacy::secret(op.getContext(), shape_of(divisor), fraction(), bound,
                                      privacy::BoundStatus::Calibrated);
    Value inverse = builder().create<privacy::ReciprocalOp>(location_, type, share,
                                                            builder().getF64FloatAttr(range->first),
                                                            builder().getF64FloatAttr(range->second));
    if (repeat)
      inverse = builder().create<privacy::BroadcastOp>(location_, to_.reshaped_type(inverse, shape_of(op)),
                                                       inverse, repeat.getBroadcastDimensions());
    const Term left = to_.term_of(op.getLhs());
    if (!left.share) return mlir::failure();
    return product_of(left, {.share = inverse});
  }

  LogicalResult exponential(hlo::ExponentialOp op) {
    const Value share = to_.share_of(op.getOperand());
    if (!share) return mlir::failure();
    return set_single(
        builder().create<privacy::ExpOp>(location_, to_.type_of(result(), fraction(), {}), share), 1);
  }

  LogicalResult logarithm(hlo::LogOp op) {
    const auto range = positive_range(op.getOperand());
    if (!range) return mlir::failure();
    const Value share = to_.share_of(op.getOperand());
    if (!share) return mlir::failure();
    return set_single(builder().create<privacy::LogOp>(location_, to_.type_of(result(), fraction(), {}),
                                                       share, builder().getF64FloatAttr(range->first),
                                                       builder().getF64FloatAttr(range->second)),
                      1);
  }

  // Results between -1 and 1.
  template <class Kernel>
  LogicalResult saturating(Value operand) {
    const Value share = to_.share_of(operand);
    if (!share) return mlir::failure();
    const auto type =
        privacy::secret(op_->getContext(), shape_of(result()), fraction(), 1, privacy::BoundStatus::Proven);
    return set_single(builder().create<Kernel>(location_, type, share), 1);
  }

  // Comparisons within a row see differences.
  static int row_window(Value share) { return window_for(bound_of(share) + 1, fraction_of(share)); }
  // e^-63 is nothing in fixed point; elements further below their row's maximum count as nothing.
  static constexpr double kSoftmaxRange = 63;

  LogicalResult softmax(privacy::RowSoftmaxOp op) {
    const Value share = to_.share_of(op.getOperand());
    if (!share) return mlir::failure();
    const auto type =
        privacy::secret(op.getContext(), shape_of(op), fraction(), 1, privacy::BoundStatus::Proven);
    return set_single(builder().create<privacy::SoftmaxOp>(location_, type, share,
                                                           builder().getI64IntegerAttr(row_window(share)),
                                                           builder().getF64FloatAttr(kSoftmaxRange)),
                      1);
  }

  // ---- Comparisons
  // ----------------------------------------------------------------------------------------------------

  LogicalResult relu(privacy::ReluOp op) {
    const Value x = op.getOperand();
    const bool fuses = Lowering::used_once(x);
    Expression expression = to_.expression_of(x);
    if (!fuses) expression = {.product = {}, .terms = {{.share = to_.share_of(x)}}};
    // What nobody watches is within what it was made of: its own measured range is no promise.
    std::optional<Bound> bound;
    if (expression.is_single() && !is_guarded(x))
      bound = Bound{bound_of(expression.terms[0].share), fixed(expression.terms[0].share).getStatus()};
    int wanted = to_.precision().activation_fraction_bits;
    if (expression.is_single()) wanted = std::min(wanted, fraction_of(expression.terms[0].share));
    // Truncation may round up to the bound itself.
    if (bound && fraction_of(expression.terms[0].share) > wanted) ++bound->bits;
    auto made = to_.contract(x, expression, wanted, Then::kRelu, {}, bound);
    if (!made) return mlir::failure();
    to_.set_share(op.getResult(), made->getResult(0));
    to_.set_bit(op.getPositive(), made->getResult(1));
    return success();
  }

  // Elements of the products that the result enters, directly or by moves and sums.
  static double made_from(Value value, int depth = 0) {
    constexpr int kDeep = 16;
    double elements = 0;
    for (Operation* user : value.getUsers()) {
      if (llvm::isa<hlo::DotGeneralOp, hlo::ConvolutionOp>(user))
        elements += static_cast<double>(tensor_type(user->getResult(0)).getNumElements());
      else if (depth < kDeep &&
               llvm::isa<privacy::MaskOp, hlo::ReshapeOp, hlo::PadOp, hlo::AddOp, hlo::SubtractOp>(user))
        elements = std::max(elements, made_from(user->getResult(0), depth + 1));
    }
    return elements;
  }
  int gradient_fraction() {
    const auto elements = static_cast<double>(tensor_type(result()).getNumElements());
    return elements > made_from(result()) ? to_.precision().large_gradient_fraction_bits
                                          : to_.precision().gradient_fraction_bits;
  }

  LogicalResult mask(privacy::MaskOp op) {
    const Value v = op.getOperand(), bit = to_.bit_of(op.getBit());
    if (!bit) return op.emitError("a selection by a public predicate has no private kernel");
    Expression expression = to_.expression_of(v);
    if (!expression.is_single() && Lowering::used_once(v)) {
      auto made = to_.contract(v, expression, gradient_fraction(), Then::kSelect, bit);
      return made ? set_single(made->getResult(0), 1) : LogicalResult(mlir::failure());
    }
    const Term term = to_.term_of(v);
    if (!term.share) return mlir::failure();
    // As a contraction: it can use the bit's dealing again.
    const Bound bound{bound_of(term.share), fixed(term.share).getStatus()};
    auto made = to_.contract(result(), {.product = {}, .terms = {{.share = term.share}}},
                             fraction_of(term.share), Then::kSelect, bit, bound);
    return made ? set_single(made.getResult(), term.factor) : LogicalResult(mlir::failure());
  }

  LogicalResult select(hlo::SelectOp op) {
    Value bit = to_.bit_of(op.getPred());
    if (!bit || !is_float(op) || shape_of(op.getPred()) != shape_of(op))
      return op.emitError("this selection has no private kernel");
    if (splat_value(op.getOnTrue()) == 0.0) {
      bit = builder().create<privacy::NotOp>(location_, bit.getType(), bit);
      return select_with(bit, to_.share_of(op.getOnFalse()), {});
    }
    return select_with(bit, to_.share_of(op.getOnTrue()), to_.share_of(op.getOnFalse()));
  }
  LogicalResult select_with(Value bit, Value a, Value b) {
    if (!a) return mlir::failure();
    llvm::SmallVector<Value> choices{a};
    if (b) choices.push_back(b);
    int finest = 0;
    for (Value choice : choices) finest = std::max(finest, fraction_of(choice));
    return set_single(
        builder().create<privacy::SelectOp>(location_, to_.type_of(result(), finest, {}), bit, choices), 1);
  }

  LogicalResult compare(hlo::CompareOp op) {
    if (!is_float(op.getLhs())) return op.emitError("only comparisons of floats have a private kernel");
    const Value a = to_.share_of(op.getLhs());
    const auto type = privacy::BitsType::get(op.getContext(), shape_of(op));
    if (!a) return mlir::failure();
    const bool zero = splat_value(op.getRhs()) == 0.0;
    if (zero && op.getComparisonDirection() == hlo::ComparisonDirection::GE) {
      to_.set_bit(op, builder().create<privacy::SignOp>(location_, type, a, window_of(a, 0)));
      return success();
    }
    const Value b = to_.share_of(op.getRhs());
    if (!b) return mlir::failure();
    const int bound = std::max(bound_of(a), bound_of(b)) + 1,
              finest = std::max(fraction_of(a), fraction_of(b));
    const auto direction =
        builder().getStringAttr(hlo::stringifyComparisonDirection(op.getComparisonDirection()));
    to_.set_bit(op,
                builder().create<privacy::CompareOp>(location_, type, a, b, direction,
                                                     builder().getI64IntegerAttr(window_for(bound, finest))));
    return success();
  }

  LogicalResult complement(hlo::NotOp op) {
    const Value bit = to_.bit_of(op.getOperand());
    if (!bit) return op.emitError("only the complement of Booleans has a private kernel");
    to_.set_bit(op, builder().create<privacy::NotOp>(location_, bit.getType(), bit));
    return success();
  }

  // relu(a - b), and whether a >= b. `sign` -1: of b - a.
  privacy::ContractOp excess(Value left, Value right, double sign) {
    const Expression difference{
        .product = {}, .terms = {{.share = left, .factor = sign}, {.share = right, .factor = -sign}}};
    const int finest = std::max(fraction_of(left), fraction_of(right));
    const Bound bound{std::max(bound_of(left), bound_of(right)) + 1, privacy::BoundStatus::Calibrated};
    return to_.contract(result(), difference, finest, Then::kRelu, {}, bound);
  }

  // max(a, b) = b + relu(a - b); min(a, b) = b - relu(b - a).
  LogicalResult larger(Value a, Value b, double sign) {
    const Value left = to_.share_of(a), right = to_.share_of(b);
    if (!left || !right) return mlir::failure();
    auto made = excess(left, right, sign);
    if (!made) return mlir::failure();
    return set({.product = {}, .terms = {{.share = right}, {.share = made.getResult(), .factor = sign}}});
  }

  // A largest value is bounded as those that it was chosen from.
  LogicalResult larger(privacy::LargerOp op) {
    const Value left = to_.share_of(op.getLhs()), right = to_.share_of(op.getRhs());
    if (!left || !right) return mlir::failure();
    auto made = excess(left, right, 1);
    if (!made) return mlir::failure();
    const int finest = std::max(fraction_of(left), fraction_of(right));
    const auto type = privacy::secret(op.getContext(), shape_of(op.getResult()), finest,
                                      std::max(bound_of(left), bound_of(right)),
                                      std::max(fixed(left).getStatus(), fixed(right).getStatus()));
    to_.set_share(op.getResult(), builder().create<privacy::AddOp>(location_, type, right, made.getResult()));
    to_.set_bit(op.getFirst(), made.getBit());
    return success();
  }

  LogicalResult row_maximum(privacy::RowMaximumOp op) {
    const Value share = to_.share_of(op.getOperand());
    if (!share) return mlir::failure();
    const auto type = to_.reshaped_type(share, shape_of(op));
    return set_single(builder().create<privacy::MaxOp>(location_, type, share, row_window(share)), 1);
  }

  LogicalResult row_argmax(privacy::RowArgmaxOp op) {
    const Value share = to_.share_of(op.getOperand());
    if (!share) return mlir::failure();
    const auto type = privacy::BitsType::get(op.getContext(), shape_of(op));
    to_.set_bit(op, builder().create<privacy::ArgmaxOneHotOp>(location_, type, share, row_window(share)));
    return success();
  }

  Lowering& to_;
  Operation* op_;
  mlir::Location location_;
};

}  // namespace

LogicalResult lower_operation(Lowering& lowering, Operation* op) { return Rules(lowering, op).lower(); }

}  // namespace sotto::passes
