#include "passes/lower/lowering.h"

#include <cmath>

#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "passes/infer_secrecy/infer_secrecy.h"
#include "passes/lower/format.h"
#include "passes/lower/guard.h"
#include "passes/train/train.h"

namespace sotto::passes {

using mlir::Value;
using privacy::BoundStatus;

Lowering::Lowering(const Options& options, const StateTypes& states, mlir::func::FuncOp source,
                   mlir::func::FuncOp target)
    : options_(options), states_(states), source_(source), target_(target), builder_(source.getContext()) {
  builder_.setInsertionPointToStart(target_.addEntryBlock());
}

namespace {

// Fixed point has no infinities. A maximum may start with one: it is neutral, and no number of the program.
mlir::LogicalResult check_constants(mlir::Operation* op) {
  if (llvm::isa<hlo::ReduceOp, hlo::ReduceWindowOp>(op) || mlir::isOpTriviallyDead(op))
    return mlir::success();
  if (llvm::any_of(op->getOperands(), is_unbounded_constant))
    return op->emitError()
           << "'" << op->getName()
           << "' has a constant operand that holds an infinity or NaN: fixed point has neither";
  return mlir::success();
}

}  // namespace

mlir::LogicalResult Lowering::run() {
  if (mlir::failed(lower_arguments())) return mlir::failure();
  for (mlir::Operation& op : source_.getBody().front()) {
    if (llvm::isa<hlo::ConstantOp>(op)) continue;
    if (mlir::failed(check_constants(&op))) return mlir::failure();
    if (!op.hasTrait<mlir::OpTrait::IsTerminator>() &&
        (mlir::failed(passes::lower_operation(*this, &op)) || failed_))
      return mlir::failure();
  }
  if (mlir::failed(lower_results())) return mlir::failure();
  // What was made in vain: constants that a rule then took otherwise.
  for (mlir::Operation& op : llvm::make_early_inc_range(llvm::reverse(target_.getBody().front())))
    if (mlir::isOpTriviallyDead(&op)) op.erase();
  return mlir::success();
}

// ---- Arguments and results
// ------------------------------------------------------------------------------------------

privacy::FixedType Lowering::argument_type(unsigned index) {
  if (const auto state = states_.find(argument_name(source_, index)); state != states_.end())
    return state->second;
  // Data are checked where their owner encodes them.
  const Value argument = source_.getArgument(index);
  const auto fraction = source_.getArgAttrOfType<mlir::IntegerAttr>(index, kFractionAttribute);
  return privacy::secret(builder_.getContext(), shape_of(argument),
                         fraction ? fraction.getInt() : precision().fraction_bits,
                         range_of(argument).value_or(Range{-1, 1, 2}).bound_bits(0), BoundStatus::Declared);
}

mlir::LogicalResult Lowering::lower_arguments() {
  for (unsigned index = 0; index < source_.getNumArguments(); ++index) {
    const Value argument = source_.getArgument(index);
    const auto type = argument_type(index);
    target_.insertArgument(index, type, source_.getArgAttrDict(index), argument.getLoc());
    set_share(argument, target_.getArgument(index));
    for (unsigned result = 0; result < source_.getNumResults(); ++result) {
      auto next = source_.getResultAttrOfType<mlir::StringAttr>(result, kNextAttribute);
      if (next && next.getValue() == argument_name(source_, index))
        state_types_[return_of(source_).getOperand(result)] = type;
    }
  }
  return mlir::success();
}

mlir::LogicalResult Lowering::lower_results() {
  llvm::SmallVector<Value> results;
  auto end = return_of(source_);
  for (auto [index, value] : llvm::enumerate(end.getOperands())) {
    const auto state = state_types_.lookup(value);
    const Value share =
        is_float(value) ? share_of(value, state ? state.getFractionBits() : -1) : bit_of(value);
    if (!share && !is_float(value))
      return end.emitError() << "result " << index << " is " << value.getType()
                             << ", neither floats nor secret bits";
    if (!share) return mlir::failure();
    results.push_back(share);
  }
  builder_.create<mlir::func::ReturnOp>(end.getLoc(), results);
  target_.setFunctionType(builder_.getFunctionType(target_.getBody().front().getArgumentTypes(),
                                                   mlir::ValueRange(results).getTypes()));
  for (unsigned index = 0; index < source_.getNumResults(); ++index)
    target_.setResultAttrs(index, source_.getResultAttrDict(index));
  return mlir::success();
}

// ---- What is known of values
// ----------------------------------------------------------------------------------------

Bound Lowering::bound_of(Value value, std::optional<Bound> proven) const {
  if (const auto state = state_types_.lookup(value)) return {state.getBoundBits(), state.getStatus()};
  const auto measured = measured_bound(value, precision());
  if (!measured) return proven.value_or(Bound{precision().activation_bound_bits, BoundStatus::Calibrated});
  // Where measured ranges went into what is called proven, the guard has the last word on its window.
  const bool firm = proven && (proven->status != BoundStatus::Calibrated || !is_guarded(value));
  if (firm && proven->bits <= *measured) return *proven;
  return {*measured, BoundStatus::Calibrated};
}

privacy::FixedType Lowering::type_of(Value value, int fraction_bits, std::optional<Bound> proven) const {
  const Bound bound = bound_of(value, proven);
  return privacy::secret(builder_.getContext(), shape_of(value), fraction_bits, bound.bits, bound.status);
}

privacy::FixedType Lowering::reshaped_type(Value share, llvm::ArrayRef<int64_t> shape) const {
  const auto type = fixed(share);
  return privacy::secret(builder_.getContext(), shape, type.getFractionBits(), type.getBoundBits(),
                         type.getStatus());
}

int Lowering::wanted_fraction(Value value) const {
  if (const auto state = state_types_.lookup(value)) return state.getFractionBits();
  return is_activation(value) ? precision().activation_fraction_bits : precision().fraction_bits;
}

bool Lowering::is_activation(Value value) {
  return llvm::any_of(value.getUsers(), [](mlir::Operation* user) {
    if (llvm::isa<hlo::SliceOp>(user)) return is_activation(user->getResult(0));
    return llvm::isa<privacy::ReluOp, privacy::LargerOp>(user);
  });
}

// ---- Expressions
// ----------------------------------------------------------------------------------------------------

Expression Lowering::expression_of(Value value) {
  const auto found = expressions_.find(value);
  if (found != expressions_.end()) return found->second;
  auto op = value.getDefiningOp<hlo::ConstantOp>();
  llvm::SmallVector<double> values;
  if (const auto all = splat_value(value)) {
    values.push_back(*all);
  } else if (op && is_float(value)) {
    for (llvm::APFloat element : op.getValue().getValues<llvm::APFloat>()) {
      bool inexact = false;
      element.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &inexact);
      values.push_back(element.convertToDouble());
    }
  }
  return {.product = {}, .terms = {{.share = constant(value.getLoc(), shape_of(value), values)}}};
}

bool Lowering::used_once(Value value) {
  return llvm::count_if(value.getUses(), [](mlir::OpOperand& use) {
           return !llvm::isa<privacy::CountOutsideOp, privacy::CountBeyondOp>(use.getOwner());
         }) == 1;
}

// A value that several operations use is made at once unless it is free.
void Lowering::set(Value value, Expression expression) {
  if (!expression.is_single() && !used_once(value)) {
    const int fraction = wanted_fraction(value);
    expression = {.product = {}, .terms = {{.share = make(value, expression, fraction)}}};
  }
  expressions_[value] = std::move(expression);
}

Term Lowering::term_of(Value value) {
  Expression expression = expression_of(value);
  if (expression.is_single()) return expression.terms[0];
  const Value share = make(value, expression, wanted_fraction(value));
  expressions_[value] = {.product = {}, .terms = {{.share = share}}};
  return {.share = share};
}

Value Lowering::share_of(Value value, int fraction_bits) {
  const Expression expression = expression_of(value);
  if (expression.is_single() && expression.terms[0].factor == 1) {
    const Value share = expression.terms[0].share;
    if (fraction_bits < 0 || fixed(share).getFractionBits() == fraction_bits) return share;
  }
  const Value share = make(value, expression, fraction_bits < 0 ? wanted_fraction(value) : fraction_bits);
  if (share) expressions_[value] = {.product = {}, .terms = {{.share = share}}};
  return share;
}

Value Lowering::spread(const Term& term, llvm::ArrayRef<int64_t> shape, mlir::Location location) {
  if (!term.row) return term.share;
  return builder_.create<privacy::BroadcastOp>(
      location, reshaped_type(term.share, shape), term.share,
      llvm::ArrayRef<int64_t>{static_cast<int64_t>(shape.size()) - 1});
}

Value Lowering::constant(mlir::Location location, llvm::ArrayRef<int64_t> shape,
                         llvm::ArrayRef<double> values) {
  double magnitude = 0;
  for (double value : values) magnitude = std::max(magnitude, std::fabs(value));
  const int bound = Range{-magnitude, magnitude, 0}.bound_bits(0);
  const auto type =
      privacy::secret(builder_.getContext(), shape, precision().fraction_bits, bound, BoundStatus::Proven);
  return builder_.create<privacy::ConstantOp>(location, type, values);
}

Value Lowering::make(Value of, const Expression& expression, int fraction_bits) {
  // What could not be made was reported then; run() stops after this operation.
  if (llvm::any_of(expression.terms, [](const Term& term) { return !term.share; })) return {};
  if (const Value local = make_locally(of, expression, fraction_bits)) return local;
  if (const Value sum = make_in_two(of, expression, fraction_bits)) return sum;
  mlir::Operation* op = contract(of, expression, fraction_bits, Then::kNothing, {});
  failed_ |= op == nullptr;
  return op ? op->getResult(0) : Value();
}

}  // namespace sotto::passes
