// Turning a collected expression into operations: locally where integers suffice, by one contraction
// otherwise.
#include <cmath>

#include "passes/lower/format.h"
#include "passes/lower/guard.h"
#include "passes/lower/lowering.h"
#include "protocols/table.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using privacy::BoundStatus;

BoundStatus worse(BoundStatus a, BoundStatus b) { return std::max(a, b); }

// |sum of c_i v_i| < 2^bits
Bound sum_bound(llvm::ArrayRef<Term> terms) {
  double magnitude = 0;
  BoundStatus status = BoundStatus::Proven;
  for (const Term& term : terms) {
    magnitude += std::fabs(term.factor) * std::ldexp(1.0, fixed(term.share).getBoundBits());
    status = worse(status, fixed(term.share).getStatus());
  }
  int exponent = 0;
  const double mantissa = std::frexp(magnitude, &exponent);
  return {mantissa == 0.5 ? exponent - 1 : exponent, status};
}

// How many products make one element of the result.
double summed_elements(const Product& product) {
  const auto a = fixed(product.a).getShape(), b = fixed(product.b).getShape();
  if (product.kind == Product::Kind::kElementwise) return 1;
  if (product.kind == Product::Kind::kMatrix) return static_cast<double>(a[product.transpose_a ? 0 : 1]);
  const auto numbers = llvm::cast<hlo::ConvolutionOp>(product.convolution).getDimensionNumbers();
  double all = 1;
  for (int64_t extent : b) all *= static_cast<double>(extent);
  return all / static_cast<double>(b[numbers.getKernelOutputFeatureDimension()]);
}

// The kernel's lists (kernels/convolution.h) of what the operation says.
void set_convolution(privacy::ContractOp contract, hlo::ConvolutionOp op) {
  const auto numbers = op.getDimensionNumbers();
  const auto set = [&](llvm::StringRef name, llvm::ArrayRef<int64_t> list) {
    contract->setAttr(name, mlir::DenseI64ArrayAttr::get(contract.getContext(), list));
  };
  const auto dimensions = [&](llvm::StringRef name, int64_t first, int64_t second,
                              llvm::ArrayRef<int64_t> spatial) {
    set(name, {first, second, spatial[0], spatial[1]});
  };
  const auto window = op.window();
  const auto &y = window[0], &x = window[1];
  set("window_strides", {y.stride, x.stride});
  set("padding", {y.low, y.high, x.low, x.high});
  set("lhs_dilation", {y.base_dilation, x.base_dilation});
  set("rhs_dilation", {y.dilation, x.dilation});
  set("window_reversal", {y.reversed ? 1 : 0, x.reversed ? 1 : 0});
  dimensions("lhs_dimensions", numbers.getInputBatchDimension(), numbers.getInputFeatureDimension(),
             numbers.getInputSpatialDimensions());
  dimensions("rhs_dimensions", numbers.getKernelInputFeatureDimension(),
             numbers.getKernelOutputFeatureDimension(), numbers.getKernelSpatialDimensions());
  dimensions("result_dimensions", numbers.getOutputBatchDimension(), numbers.getOutputFeatureDimension(),
             numbers.getOutputSpatialDimensions());
}

const char* name_of(Product::Kind kind) {
  switch (kind) {
    case Product::Kind::kElementwise:
      return "elementwise";
    case Product::Kind::kMatrix:
      return "matmul";
    case Product::Kind::kConvolution:
      return "convolution";
  }
  return "none";
}

const char* name_of(Then then) {
  switch (then) {
    case Then::kNothing:
      return "none";
    case Then::kRelu:
      return "relu";
    case Then::kSelect:
      return "select";
  }
  return "none";
}

Bound expression_bound(const Expression& expression) {
  Bound bound = sum_bound(expression.terms);
  if (!expression.product) return bound;
  const Product& product = *expression.product;
  const auto a = fixed(product.a), b = fixed(product.b);
  const double length = summed_elements(product);
  double factor = std::fabs(product.factor);
  for (double number : product.schedule) factor = std::max(factor, std::fabs(product.factor * number));
  const double magnitude = factor * length * std::ldexp(1.0, a.getBoundBits() + b.getBoundBits()) +
                           (expression.terms.empty() ? 0 : std::ldexp(1.0, bound.bits));
  return {static_cast<int>(std::ceil(std::log2(magnitude))),
          worse(bound.status, worse(a.getStatus(), b.getStatus()))};
}

// In magnitude; one without a schedule.
double smallest(llvm::ArrayRef<double> schedule) {
  double least = schedule.empty() ? 1 : std::fabs(schedule[0]);
  for (double number : schedule) least = std::min(least, std::fabs(number));
  return least;
}

std::vector<Scaled> parts_of(const Expression& expression) {
  std::vector<Scaled> parts;
  if (const auto& product = expression.product) {
    const int bits = fixed(product->a).getFractionBits() + fixed(product->b).getFractionBits();
    parts.push_back({.fraction_bits = bits,
                     .factor = product->factor * smallest(product->schedule),
                     .product = true,
                     .scheduled = !product->schedule.empty()});
  }
  for (const Term& term : expression.terms)
    parts.push_back({.fraction_bits = static_cast<int>(fixed(term.share).getFractionBits()),
                     .factor = term.factor,
                     .product = false});
  return parts;
}

// The product's integer scale at each step.
llvm::SmallVector<int64_t> scheduled_scales(const Product& product, int raw_fraction) {
  const int bits = fixed(product.a).getFractionBits() + fixed(product.b).getFractionBits();
  llvm::SmallVector<int64_t> scales;
  for (double number : product.schedule)
    scales.push_back(
        static_cast<int64_t>(std::nearbyint(std::ldexp(product.factor * number, raw_fraction - bits))));
  while (scales.size() > 1 && scales.back() == scales[scales.size() - 2]) scales.pop_back();
  return scales;
}

int fraction_of(Value share) { return fixed(share).getFractionBits(); }

// The fraction at which all terms are integer multiples of their shares' ring elements: the finest of any,
// and finer still for factors like 1/2. `exactly`: no other fraction than the one asked for will do; else a
// coarser one is as good, since nothing is gained by zeros at the end.
std::optional<int> local_fraction(llvm::ArrayRef<Term> terms, int asked, bool exactly) {
  int fraction = exactly ? asked : 0;
  for (const Term& term : terms) fraction = std::max(fraction, fraction_of(term.share));
  constexpr double kLargestFactor = 0x1p30;
  // A few bits more than asked for are cheaper kept than truncated.
  constexpr int kFew = 8;
  const int finest = exactly || fraction > asked + kFew ? asked : std::max(asked, fraction);
  for (; fraction <= finest; ++fraction)
    if (llvm::all_of(terms, [&](const Term& term) {
          const double factor = std::ldexp(term.factor, fraction - fraction_of(term.share));
          return factor == std::nearbyint(factor) && factor != 0 && std::fabs(factor) <= kLargestFactor;
        }))
      return fraction;
  return std::nullopt;
}

}  // namespace

// Sums of shares with factors that are integers at the result's fraction. Nothing when that is not what was
// asked.
Value Lowering::make_locally(Value of, const Expression& expression, int fraction_bits) {
  if (expression.product || expression.terms.empty()) return {};
  const auto fraction = local_fraction(expression.terms, fraction_bits, state_types_.contains(of));
  if (!fraction) return {};
  const auto location = of.getLoc();
  // The term as it enters the sum: times its factor, unless that is 1 or the sum itself takes care of the
  // sign.
  auto entering = [&](const Term& term, double sign) -> Value {
    const Value share = spread(term, shape_of(of), location);
    if (term.factor == sign) return share;
    const auto type = privacy::secret(builder_.getContext(), shape_of(of), *fraction, sum_bound(term).bits,
                                      fixed(share).getStatus());
    if (term.factor == -sign) return builder_.create<privacy::NegateOp>(location, type, share);
    const double factor = std::ldexp(sign * term.factor, *fraction - fraction_of(share));
    return builder_.create<privacy::ScaleOp>(location, type, share, static_cast<int64_t>(factor));
  };
  Value sum = entering(expression.terms[0], 1);
  for (std::size_t i = 1; i < expression.terms.size(); ++i) {
    const Term& term = expression.terms[i];
    const auto type = type_of(of, *fraction, sum_bound(llvm::ArrayRef(expression.terms).take_front(i + 1)));
    if (term.factor < 0)
      sum = builder_.create<privacy::SubtractOp>(location, type, sum, entering(term, -1));
    else
      sum = builder_.create<privacy::AddOp>(location, type, sum, entering(term, 1));
  }
  if (fraction_of(sum) == *fraction) return sum;
  return builder_.create<privacy::ScaleOp>(location, type_of(of, *fraction, sum_bound(expression.terms)), sum,
                                           int64_t{1} << (*fraction - fraction_of(sum)));
}

// A small product that joins a large sum, where the sum's bound leaves the product's scale too little room:
// the product is made by itself. Nothing when there is room, or the product is not known to be small.
Value Lowering::make_in_two(Value of, const Expression& expression, int fraction_bits) {
  if (!expression.product || expression.product->magnitude <= 0 || expression.terms.empty()) return {};
  const auto type = type_of(of, fraction_bits, expression_bound(expression));
  if (choose_format(parts_of(expression), fraction_bits, type.getBoundBits())) return {};
  const double magnitude = expression.product->magnitude;
  const Bound bound{Range{-magnitude, magnitude, 0}.bound_bits(0), BoundStatus::Calibrated};
  const Expression alone{.product = expression.product, .terms = {}};
  auto product = contract(of, alone, fraction_bits, Then::kNothing, {}, bound);
  if (!product) return {};
  Expression sum{.product = {}, .terms = expression.terms};
  sum.terms.push_back({.share = product->getResult(0)});
  return make(of, sum, fraction_bits);
}

// The value's type, and the integers it is computed with. Nothing, and a diagnostic, where they leave the
// ring.
std::optional<Lowering::Fit> Lowering::fit(Value of, const Expression& expression, int fraction_bits,
                                           std::optional<Bound> bound) {
  const auto parts = parts_of(expression);
  auto type =
      bound ? privacy::secret(builder_.getContext(), shape_of(of), fraction_bits, bound->bits, bound->status)
            : type_of(of, fraction_bits, expression_bound(expression));
  auto format = choose_format(parts, fraction_bits, type.getBoundBits());
  // Where the window that is cheap to probe does not fit, a narrower one takes more groups of probes.
  const int least =
      !bound && is_guarded(of) && !state_types_.contains(of) ? least_bound(of, precision()).value_or(64) : 64;
  while (!format && type.getBoundBits() > least) {
    type = privacy::secret(builder_.getContext(), shape_of(of), fraction_bits, type.getBoundBits() - 1,
                           BoundStatus::Calibrated);
    format = choose_format(parts, fraction_bits, type.getBoundBits());
  }
  if (format) return Fit{type, *format};
  mlir::emitError(of.getLoc())
      << "this value does not fit 64-bit fixed point: it is below 2^" << type.getBoundBits() << " and wants "
      << fraction_bits << " fraction bits; use fewer, or train in smaller steps if values grow without end";
  return std::nullopt;
}

// How many groups of probes the contraction makes of `of`, which is watched; none of what is proven.
int64_t Lowering::groups_of(Value of, const Fit& fit) const {
  if (fit.type.getStatus() != BoundStatus::Calibrated) return 0;
  const int fraction = fit.type.getFractionBits(), window = window_for(fit.type.getBoundBits(), fraction);
  return probe_groups(of, std::ldexp(1.0, window - 2 - fraction), precision());
}

privacy::ContractOp Lowering::contract(Value of, const Expression& expression, int fraction_bits, Then then,
                                       Value selector, std::optional<Bound> bound) {
  const auto fitted = fit(of, expression, fraction_bits, bound);
  if (!fitted) return nullptr;
  const auto& [type, format] = *fitted;
  const auto& product = expression.product;
  llvm::SmallVector<Value> operands;
  llvm::SmallVector<int64_t> rows;
  if (product) operands.append({product->a, product->b});
  for (const Term& term : expression.terms) {
    operands.push_back(term.share);
    rows.push_back(term.row ? 1 : 0);
  }
  if (selector) operands.push_back(selector);
  const bool relu = then == Then::kRelu;
  // A bound that was given speaks of another value than `of`: that one is not what the guard asks for.
  const bool watched = !bound && is_guarded(of) && (relu || (then == Then::kNothing && product));
  const int64_t groups = watched ? groups_of(of, *fitted) : 0;
  mlir::Type bit, projection;
  if (relu) bit = privacy::BitsType::get(builder_.getContext(), type.getShape());
  if (groups > 0)
    projection = privacy::secret(builder_.getContext(), {groups, protocols::kProbes},
                                 fraction_bits + format.truncate_bits, type.getBoundBits(), type.getStatus());
  const int window = window_for(type.getBoundBits(), fraction_bits);
  auto op = builder_.create<privacy::ContractOp>(
      of.getLoc(), type, bit, projection, operands, product ? name_of(product->kind) : "none",
      product && product->transpose_a, product && product->transpose_b, product ? format.scales[0] : 1,
      llvm::ArrayRef(format.scales).drop_front(product ? 1 : 0), rows, format.truncate_bits, name_of(then),
      relu ? window : 64, groups);
  if (product && product->convolution)
    set_convolution(op, llvm::cast<hlo::ConvolutionOp>(product->convolution));
  if (product && !product->schedule.empty())
    op->setAttr(kScheduleAttribute, builder_.getDenseI64ArrayAttr(
                                        scheduled_scales(*product, fraction_bits + format.truncate_bits)));
  if (groups > 0)
    probes_[of] = {.projection = op.getProjection(), .limit = probe_limit(window, format.truncate_bits)};
  else if (watched)
    probes_[of] = {.projection = {}, .proven = true};
  return op;
}

}  // namespace sotto::passes
