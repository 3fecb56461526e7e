#include "passes/lower/states.h"

#include <cmath>

#include "passes/calibrate/range.h"
#include "passes/lower/format.h"
#include "passes/lower/guard.h"
#include "passes/optimizer/optimizer.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

using mlir::Value;
using privacy::BoundStatus;

// The result that replaces the state; -1 where the function only reads it.
int next_result(mlir::func::FuncOp function, llvm::StringRef name) {
  for (unsigned result = 0; result < function.getNumResults(); ++result)
    if (auto next = function.getResultAttrOfType<mlir::StringAttr>(result, kNextAttribute);
        next && next.getValue() == name)
      return static_cast<int>(result);
  return -1;
}

// Of the other factor of a state's product: data bring theirs along, what was computed has the usual.
int fraction_beside(mlir::Operation* product, Value state, const Precision& precision) {
  Value other = product->getOperand(product->getOperand(0) == state ? 1 : 0);
  while (auto* move = other.getDefiningOp()) {
    if (!llvm::isa<hlo::ReshapeOp, hlo::TransposeOp>(move)) return precision.fraction_bits;
    other = move->getOperand(0);
  }
  const auto argument = llvm::cast<mlir::BlockArgument>(other);
  auto function = llvm::dyn_cast<mlir::func::FuncOp>(argument.getOwner()->getParentOp());
  const auto given =
      function ? function.getArgAttrOfType<mlir::IntegerAttr>(argument.getArgNumber(), kFractionAttribute)
               : nullptr;
  return given ? static_cast<int>(given.getInt()) : precision.fraction_bits;
}

// A truncation by d bits costs 3d/8 bytes an element, where it makes the state (d falls with the state's
// fraction) and where it makes the products that the state enters (d rises). The larger tensors decide.
// What comes from a store is refused where it is finer than here, and its training chose by a batch of
// another size: it gets the finest that a training could have chosen.
int fraction_of_parameter(Value state, bool stored, const Precision& precision) {
  constexpr int64_t kFarFewer = 16;
  int64_t entered = 0;
  int room = precision.large_state_fraction_bits;
  for (mlir::Operation* user : state.getUsers())
    if (llvm::isa<hlo::DotGeneralOp, hlo::ConvolutionOp>(user)) {
      entered += tensor_type(user->getResult(0)).getNumElements();
      const int bound =
          measured_bound(user->getResult(0), precision).value_or(precision.activation_bound_bits);
      room = std::min(room, kRawBits - bound - fraction_beside(user, state, precision));
    }
  if (stored && entered > 0) return std::max(precision.state_fraction_bits, room);
  const int64_t elements = tensor_type(state).getNumElements();
  if (kFarFewer * elements < entered)
    return std::min(precision.state_fraction_bits, precision.small_state_fraction_bits);
  return entered > 0 && elements > entered ? std::max(precision.state_fraction_bits, room)
                                           : precision.state_fraction_bits;
}

int fraction_of_state(mlir::func::FuncOp function, unsigned index, const Precision& precision) {
  if (auto given = function.getArgAttrOfType<mlir::IntegerAttr>(index, kFractionAttribute))
    return given.getInt();
  const auto name = argument_name(function, index);
  if (auto least = function.getArgAttrOfType<mlir::FloatAttr>(index, kResolutionAttribute))
    return std::clamp(static_cast<int>(std::ceil(-std::log2(least.getValueAsDouble()))), 0,
                      precision.large_state_fraction_bits);
  // Sums of gradients are as fine as the products that they are made of.
  if (llvm::StringRef(name).starts_with(kFirstMomentPrefix)) return precision.moment_fraction_bits;
  // Momentum is added to its parameter: they share a format.
  if (llvm::StringRef parameter = name; parameter.consume_front(kMomentumPrefix))
    for (unsigned other = 0; other < function.getNumArguments(); ++other)
      if (argument_name(function, other) == parameter) return fraction_of_state(function, other, precision);
  return fraction_of_parameter(function.getArgument(index),
                               static_cast<bool>(function.getArgAttr(index, kStoredAttribute)), precision);
}

privacy::FixedType type_of_state(mlir::func::FuncOp function, unsigned index, const Precision& precision) {
  const Value argument = function.getArgument(index);
  const bool given = static_cast<bool>(function.getArgAttr(index, kFractionAttribute));
  // Squares grow by twice the bits.
  const int squared = function.getArgAttr(index, kResolutionAttribute) ? 2 : 1;
  const int margin = given ? 0 : squared * precision.margin_bits,
            least = given ? 0 : precision.state_bound_bits;
  auto bound_of = [&](Value value) {
    const int bound = std::max(range_of(value).value_or(Range{-1, 1, 2}).bound_bits(margin), least);
    return !given && is_guarded(value) ? std::max(bound, measured_bound(value, precision).value_or(bound))
                                       : bound;
  };
  int bound = bound_of(argument);
  const int next = next_result(function, argument_name(function, index));
  if (next >= 0 && !given)
    bound = std::max(bound, bound_of(return_of(function).getOperand(static_cast<unsigned>(next))));
  return privacy::secret(function.getContext(), shape_of(argument),
                         fraction_of_state(function, index, precision), bound,
                         given && next < 0 ? BoundStatus::Declared : BoundStatus::Calibrated);
}

}  // namespace

std::optional<int> least_bound(Value value, const Precision& precision) {
  const auto range = range_of(value);
  if (!range) return std::nullopt;
  return std::max(range->bound_bits(precision.margin_bits), precision.activation_bound_bits);
}

std::optional<int> measured_bound(Value value, const Precision& precision) {
  const auto bound = least_bound(value, precision);
  return bound && is_guarded(value) ? std::max(*bound, guarded_bound(value, *range_of(value), precision))
                                    : bound;
}

StateTypes state_types(mlir::ModuleOp module, const Precision& precision) {
  StateTypes types;
  std::map<std::string, bool> replaced;
  for (auto function : module.getOps<mlir::func::FuncOp>())
    for (unsigned index = 0; index < function.getNumArguments(); ++index) {
      auto kind = function.getArgAttrOfType<mlir::StringAttr>(index, kKindAttribute);
      if (!kind || kind.getValue() != kState) continue;
      const auto name = argument_name(function, index);
      const auto here = type_of_state(function, index, precision);
      const bool replaces = next_result(function, name) >= 0;
      const auto [found, fresh] = types.try_emplace(name, here);
      const auto decides = !fresh && replaces && !replaced[name] ? here : found->second;
      found->second = privacy::secret(function.getContext(), here.getShape(), decides.getFractionBits(),
                                      std::max(here.getBoundBits(), found->second.getBoundBits()),
                                      std::max(here.getStatus(), found->second.getStatus()));
      replaced[name] |= replaces;
    }
  return types;
}

}  // namespace sotto::passes
