// The plan's tables: roles, values, inputs, states, reveals, leakage.
#include <set>
#include <utility>

#include "plan/checks.h"
#include "plan/initializer.h"

namespace sotto::plan::checks {
namespace {

void check_roles(const Plan& plan) {
  require_count(plan.roles_size(), 64, "roles");
  std::set<std::string> names;
  for (int i = 0; i < plan.roles_size(); ++i) {
    const auto& name = plan.roles(i).name();
    require_name(name, fmt::format("role {}", i));
    if (!names.insert(name).second) fail(fmt::format("role {}: the name \"{}\" appears twice", i, name));
  }
  const int parties = party_count(plan);
  if (parties < 1 || parties > kMaximumParties)
    fail(fmt::format("roles: {} of them compute, which must be 1 to {}", parties, kMaximumParties));
}

void check_shape(const Value& value, const std::string& where) {
  if (value.shape_size() > kMaximumRank)
    fail(fmt::format("{}: the shape has {} axes, more than {}", where, value.shape_size(), kMaximumRank));
  std::int64_t elements = 1;
  for (auto extent : value.shape()) {
    if (extent < 1 || extent > kMaximumExtent)
      fail(fmt::format("{}: an extent is {}, which must be 1 to {}", where, extent, kMaximumExtent));
    if (extent > kMaximumElements / elements)
      fail(fmt::format("{}: the shape has more than {} elements", where, kMaximumElements));
    elements *= extent;
  }
}

void check_value(const Plan& plan, int index) {
  const Value& value = plan.values(index);
  const auto where = fmt::format("value {}", index);
  if (!is_printable(value.name(), kMaximumNameBytes))
    fail(fmt::format("{}: the name is longer than {} or not printable ASCII", where, kMaximumNameBytes));
  check_shape(value, where);
  if (!wire::Sharing_IsValid(value.sharing()) || value.sharing() == wire::SHARING_UNSPECIFIED)
    fail(fmt::format("{}: sharing is {}, which no version knows", where, static_cast<int>(value.sharing())));
  if (!wire::BoundStatus_IsValid(value.bound()))
    fail(fmt::format("{}: bound is {}, which no version knows", where, static_cast<int>(value.bound())));
  if (value.sharing() == wire::BOOLEAN) {
    if (value.fraction_bits() != 0) fail(fmt::format("{}: a Boolean value has fraction bits", where));
    return;
  }
  if (value.fraction_bits() < 0 || value.fraction_bits() > 62)
    fail(fmt::format("{}: fraction_bits is {}, which must be 0 to 62", where, value.fraction_bits()));
  if (value.bound_bits() < -64 || value.bound_bits() > 63 || value.fraction_bits() + value.bound_bits() > 63)
    fail(fmt::format("{}: bound_bits {} with {} fraction bits does not fit a ring of 64 bits", where,
                     value.bound_bits(), value.fraction_bits()));
}

void check_inputs(const Plan& plan, Definitions& definitions) {
  std::set<std::string> names;
  for (int i = 0; i < plan.inputs_size(); ++i) {
    const auto& input = plan.inputs(i);
    const auto where =
        fmt::format("input {} \"{}\"", i, is_printable(input.name(), 200) ? input.name() : "?");
    require_name(input.name(), where);
    if (!names.insert(input.name()).second) fail(fmt::format("{}: the name appears twice", where));
    if (!in_range(input.value(), plan.values_size()))
      fail(fmt::format("{}: value {} does not exist", where, input.value()));
    if (std::exchange(definitions.input[input.value()], i) >= 0)
      fail(fmt::format("{}: its value is another input's too", where));
    const Value& value = plan.values(static_cast<int>(input.value()));
    // Bits only begin as zeros: what a result is kept in until its guard was opened.
    if (value.sharing() != wire::ARITHMETIC &&
        !(value.sharing() == wire::BOOLEAN && input.initializer() == "zeros"))
      fail(fmt::format("{}: its value is not arithmetic", where));
    if (!is_printable(input.encoding(), kMaximumNameBytes))
      fail(fmt::format("{}: encoding is not text", where));
    if (!input.initializer().empty()) {
      check_initializer(input.initializer());
      if (input.dataset()) fail(fmt::format("{}: a data set has no initializer", where));
      continue;
    }
    if (!party_of_role(plan, input.role()))
      fail(fmt::format("{}: role {} does not exist or does not compute", where, input.role()));
    if (input.dataset() && value.shape_size() < 1) fail(fmt::format("{}: a data set needs rows", where));
  }
}

void check_states(const Plan& plan, Definitions& definitions) {
  std::set<std::string> names;
  for (int i = 0; i < plan.states_size(); ++i) {
    const auto& state = plan.states(i);
    const auto where = fmt::format("state {}", i);
    require_name(state.name(), where);
    if (!names.insert(state.name()).second)
      fail(fmt::format("{}: \"{}\" appears twice", where, state.name()));
    if (!in_range(state.value(), plan.values_size()))
      fail(fmt::format("{}: value {} does not exist", where, state.value()));
    const int input = definitions.input[state.value()];
    if (input < 0)
      fail(fmt::format("{}: nothing gives \"{}\" its first value", where, state.name()),
           "Every state's value is also an input's, with an initializer or a role that provides it.");
    if (plan.inputs(input).dataset()) fail(fmt::format("{}: a data set cannot be a state", where));
    if (std::exchange(definitions.state[state.value()], i) >= 0)
      fail(fmt::format("{}: its value is another state's too", where));
  }
}

void check_reveals(const Plan& plan, Definitions& definitions) {
  std::set<std::string> names;
  for (int i = 0; i < plan.reveals_size(); ++i) {
    const auto& reveal = plan.reveals(i);
    const auto where = fmt::format("reveal {}", i);
    require_name(reveal.name(), where);
    if (!names.insert(reveal.name()).second)
      fail(fmt::format("{}: \"{}\" appears twice", where, reveal.name()));
    if (!in_range(reveal.value(), plan.values_size()))
      fail(fmt::format("{}: value {} does not exist", where, reveal.value()));
    if (std::exchange(definitions.reveal[reveal.value()], i) >= 0)
      fail(fmt::format("{}: its value is revealed under another name too", where));
    std::set<std::uint32_t> roles;
    for (auto role : reveal.roles()) {
      if (!party_of_role(plan, role))
        fail(fmt::format("{}: role {} does not exist or does not compute", where, role));
      if (!roles.insert(role).second) fail(fmt::format("{}: role {} appears twice", where, role));
    }
    if (roles.empty()) fail(fmt::format("{}: nobody learns it", where));
  }
}

}  // namespace

Definitions check_tables(const Plan& plan) {
  check_roles(plan);
  require_count(plan.values_size(), 1 << 20, "values");
  require_count(plan.inputs_size(), 1 << 16, "inputs");
  require_count(plan.states_size(), 1 << 16, "states");
  require_count(plan.blocks_size(), 256, "blocks");
  require_count(plan.control_size(), 1 << 16, "control entries");
  require_count(plan.reveals_size(), 1 << 16, "reveals");
  require_count(plan.leakage_size(), 1 << 16, "lines of leakage");
  require_count(plan.schedules_size(), 1 << 16, "schedules");
  for (int i = 0; i < plan.schedules_size(); ++i)
    if (plan.schedules(i).values().empty()) fail(fmt::format("schedule {} has no values", i));
  for (int i = 0; i < plan.values_size(); ++i) check_value(plan, i);
  const auto values = static_cast<std::size_t>(plan.values_size());
  Definitions definitions{std::vector<int>(values, -1), std::vector<int>(values, -1),
                          std::vector<int>(values, -1)};
  check_inputs(plan, definitions);
  check_states(plan, definitions);
  check_reveals(plan, definitions);
  for (const auto& line : plan.leakage())
    if (!is_printable(line, kMaximumSourceBytes)) fail("leakage: a line is too long or not printable ASCII");
  return definitions;
}

std::string place(const Plan& plan, int block, int operation) {
  const auto text = [](const std::string& name) {
    return is_printable(name, kMaximumNameBytes) ? name : "?";
  };
  const Block& b = plan.blocks(block);
  return fmt::format("block {} \"{}\", operation {} ({})", block, text(b.name()), operation,
                     text(b.operations(operation).kernel()));
}

}  // namespace sotto::plan::checks
