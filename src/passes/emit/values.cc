#include "passes/emit/values.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"
#include "passes/train/arguments.h"
#include "passes/train/train.h"
#include "plan/initializer.h"

namespace sotto::passes {
namespace {

std::string text_attribute(mlir::func::FuncOp function, unsigned index, llvm::StringRef name) {
  auto attribute = function.getArgAttrOfType<mlir::StringAttr>(index, name);
  return attribute ? attribute.str() : "";
}

}  // namespace

std::uint32_t Tables::add_value(const std::string& name, mlir::Type type) {
  auto& value = *plan_.add_values();
  value.set_name(name);
  for (int64_t extent : ir::privacy::extents(type)) value.add_shape(extent);
  if (auto fixed = llvm::dyn_cast<ir::privacy::FixedType>(type)) {
    value.set_sharing(plan::wire::ARITHMETIC);
    value.set_fraction_bits(fixed.getFractionBits());
    value.set_bound_bits(fixed.getBoundBits());
    value.set_bound(static_cast<plan::wire::BoundStatus>(fixed.getStatus()));
  } else {
    value.set_sharing(plan::wire::BOOLEAN);
    value.set_bound(plan::wire::PROVEN);
    value.set_bound_bits(1);
  }
  return static_cast<std::uint32_t>(plan_.values_size() - 1);
}

void Tables::add_input(mlir::func::FuncOp function, unsigned index, const std::string& name,
                       std::uint32_t value) {
  auto& input = *plan_.add_inputs();
  input.set_name(name);
  input.set_value(value);
  const auto provider = text_attribute(function, index, kRoleAttribute);
  if (!provider.empty()) input.set_role(role(provider));
  input.set_encoding(text_attribute(function, index, kEncodingAttribute));
  const bool stored = static_cast<bool>(function.getArgAttr(index, kStoredAttribute));
  input.set_initializer(stored ? std::string(plan::kStored)
                               : text_attribute(function, index, kInitializerAttribute));
  input.set_dataset(text_attribute(function, index, kKindAttribute) == kBatch);
}

void Tables::require_same_format(std::uint32_t id, mlir::Type type) const {
  const auto& value = plan_.values(static_cast<int>(id));
  const auto fixed = llvm::cast<ir::privacy::FixedType>(type);
  SOTTO_ASSERT(value.fraction_bits() == static_cast<int>(fixed.getFractionBits()) &&
                   value.bound_bits() == static_cast<int>(fixed.getBoundBits()),
               "two functions see the same value in different formats");
}

std::uint32_t Tables::argument(mlir::func::FuncOp function, unsigned index) {
  const std::string name = argument_name(function, index);
  const auto kind = text_attribute(function, index, kKindAttribute);
  const auto known = named_.find(name);
  if (known != named_.end()) {
    require_same_format(known->second, function.getArgument(index).getType());
    return known->second;
  }
  const auto value = add_value(name, function.getArgument(index).getType());
  if (auto rows = function.getArgAttrOfType<mlir::IntegerAttr>(index, kRowsAttribute))
    plan_.mutable_values(static_cast<int>(value))->set_shape(0, rows.getInt());
  add_input(function, index, name, value);
  if (kind == kState) {
    auto& state = *plan_.add_states();
    state.set_name(name);
    state.set_value(value);
    state.set_parameter(static_cast<bool>(function.getArgAttr(index, kParameterAttribute)));
  }
  return named_[name] = value;
}

std::uint32_t Tables::state(const std::string& name) const {
  for (int i = 0; i < plan_.states_size(); ++i)
    if (plan_.states(i).name() == name) return static_cast<std::uint32_t>(i);
  throw Error(ErrorKind::kModel, fmt::format("the program has no state called \"{}\"", name));
}

std::uint32_t Tables::role(const std::string& name) const {
  const auto found = std::ranges::find(options_.roles, name);
  if (found == options_.roles.end())
    throw Error(ErrorKind::kUsage, fmt::format("\"{}\" is no role", name),
                fmt::format("The roles are {}; --roles names them.", fmt::join(options_.roles, ", ")));
  return static_cast<std::uint32_t>(found - options_.roles.begin());
}

std::uint32_t Tables::schedule(llvm::ArrayRef<std::int64_t> values) {
  int index = 0;
  while (index < plan_.schedules_size() && !std::ranges::equal(plan_.schedules(index).values(), values))
    ++index;
  if (index == plan_.schedules_size())
    plan_.add_schedules()->mutable_values()->Assign(values.begin(), values.end());
  return static_cast<std::uint32_t>(index);
}

}  // namespace sotto::passes
