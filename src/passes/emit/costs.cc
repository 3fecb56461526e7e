#include "passes/emit/costs.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/error.h"
#include "kernels/boundary.h"
#include "kernels/cost.h"
#include "passes/choose_variants/choose_variants.h"
#include "passes/schedule/schedule.h"
#include "plan/knowledge.h"
#include "plan/link.h"

namespace sotto::passes {
namespace {

kernels::ValueType type_of(const plan::Value& value) {
  return {.kind = value.sharing() == plan::wire::BOOLEAN ? protocols::Kind::kBoolean
                                                         : protocols::Kind::kArithmetic,
          .shape = plan::shape_of(value),
          .fraction_bits = value.fraction_bits(),
          .bound_bits = value.bound_bits()};
}

kernels::Attribute attribute_of(const plan::wire::Attribute& attribute) {
  using plan::wire::Attribute;
  switch (attribute.kind_case()) {
    case Attribute::kInteger:
      return attribute.integer();
    case Attribute::kReal:
      return attribute.real();
    case Attribute::kText:
      return attribute.text();
    case Attribute::kIntegers:
      return std::vector<std::int64_t>(attribute.integers().values().begin(),
                                       attribute.integers().values().end());
    default:
      return std::vector<double>(attribute.reals().values().begin(), attribute.reals().values().end());
  }
}

class Counter {
 public:
  explicit Counter(const plan::Plan& plan)
      : plan_(plan), table_(protocols::table_named(plan.protocol())), known_to_(plan::known_to(plan)) {}

  int parties() const { return table_.parties(); }
  bool chooses_products() const { return table_.rows().ways_to_multiply != nullptr; }

  kernels::Cost count(const plan::Operation& operation, std::uint16_t index) const {
    const auto pairs = static_cast<std::size_t>(parties()) * static_cast<std::size_t>(parties());
    switch (plan::special(operation)) {
      case plan::Special::kBatch:
        return {.rounds = 0, .bytes = std::vector<std::uint64_t>(pairs, 0)};
      case plan::Special::kInput:
        return count_input(operation, index);
      case plan::Special::kReveal:
      case plan::Special::kGuard: {
        const auto type = type_of(value(operation.operands(0)));
        return kernels::count_reveal(table_, type.kind, type.shape, mask_of(operation.operands(0)), index);
      }
      case plan::Special::kNone:
        break;
    }
    const auto& kernel = kernels::kernel_named(operation.kernel());
    const auto call = call_of(operation);
    kernel.check(call);
    return kernels::count(table_, kernel, call, index);
  }

 private:
  const plan::Value& value(std::uint32_t id) const { return plan_.values(static_cast<int>(id)); }

  kernels::Call call_of(const plan::Operation& operation) const {
    kernels::Call call;
    for (auto operand : operation.operands()) {
      call.operand_types.push_back(type_of(value(operand)));
      auto& type = call.operand_types.back();
      type.known_to = known_to_[operand];
      type.same_as_first = call.operand_types.size() > 1 && operand == operation.operands(0);
    }
    for (auto result : operation.results()) call.result_types.push_back(type_of(value(result)));
    for (const auto& attribute : operation.attributes())
      call.attributes[attribute.name()] = attribute_of(attribute);
    return call;
  }

  kernels::Cost count_input(const plan::Operation& operation, std::uint16_t index) const {
    for (const auto& input : plan_.inputs())
      if (input.value() == operation.results(0))
        return kernels::count_input(table_, plan::party_of_role(plan_, input.role()).value_or(0),
                                    plan::shape_of(value(input.value())), index);
    SOTTO_ASSERT(false, "an input operation without its input");
  }

  unsigned mask_of(std::uint32_t id) const {
    unsigned mask = 0;
    for (const auto& reveal : plan_.reveals())
      if (reveal.value() == id)
        for (auto role : reveal.roles()) mask |= 1u << plan::party_of_role(plan_, role).value_or(0);
    return mask;
  }

  const plan::Plan& plan_;
  const protocols::Table& table_;
  const std::vector<int> known_to_;
};

// Whether a reshape leaves examples whole: then protocols cut both shapes at the same places.
bool same_examples(const plan::Plan& plan, const plan::Operation& reshape) {
  const auto before = plan::shape_of(plan.values(static_cast<int>(reshape.operands(0)))),
             after = plan::shape_of(plan.values(static_cast<int>(reshape.results(0))));
  return before.size() >= 2 && after.size() >= 2 && before[0] == after[0] && before[0] >= 3;
}

// A selection by the bit of a ReLU of this block is cheaper: the ReLU's dealing serves again.
void name_selector_origins(const plan::Plan& plan, plan::wire::Block& block) {
  std::map<std::uint32_t, int> bit_of;
  for (int i = 0; i < block.operations_size(); ++i) {
    auto& operation = *block.mutable_operations(i);
    if (operation.kernel() == "reshape" && same_examples(plan, operation))
      if (const auto origin = bit_of.find(operation.operands(0)); origin != bit_of.end())
        bit_of[operation.results(0)] = origin->second;
    if (operation.kernel() != "contract") continue;
    if (plan::text_attribute(operation, "then") == "relu") bit_of[operation.results(1)] = i;
    const auto text_is = [&](const char* name, const char* value) {
      return std::ranges::any_of(operation.attributes(),
                                 [&](const auto& a) { return a.name() == name && a.text() == value; });
    };
    if (!text_is("then", "select")) continue;
    const auto origin = bit_of.find(operation.operands(operation.operands_size() - 1));
    if (origin == bit_of.end()) continue;
    auto& attribute = *operation.add_attributes();
    attribute.set_name("selector_origin");
    attribute.set_integer(origin->second);
  }
}

}  // namespace

void set_costs(plan::Plan& plan, const std::optional<Network>& given) {
  const Network network = given.value_or(Network{});
  const Counter counter(plan);
  if (counter.parties() != plan::party_count(plan))
    throw Error(ErrorKind::kUsage,
                fmt::format("{} roles compute, but protocol {} runs among {} parties",
                            plan::party_count(plan), plan.protocol(), counter.parties()),
                "Name as many roles with --roles.");
  if (given && counter.chooses_products())
    plan::carry_link(plan, plan::link_of(network.megabit_per_second, network.one_way_ms, network.duplex));
  for (auto& block : *plan.mutable_blocks()) {
    name_selector_origins(plan, block);
    for (int i = 0; i < block.operations_size(); ++i) {
      auto& operation = *block.mutable_operations(i);
      kernels::Cost cost;
      try {
        const auto count = [&](const plan::Operation& o) {
          return counter.count(o, static_cast<std::uint16_t>(i));
        };
        choose_variant(operation, counter.parties(), network, count);
        cost = count(operation);
      } catch (const Error& error) {
        throw Error(error.kind(),
                    fmt::format("{}: block \"{}\", operation {}: {}", operation.source(), block.name(), i,
                                error.message()),
                    error.hint());
      }
      operation.set_rounds(cost.rounds);
      operation.mutable_bytes()->Assign(cost.bytes.begin(), cost.bytes.end());
    }
    schedule(block, counter.parties());
    block.set_peak_bytes(peak_bytes(plan, block, counter.parties() < 3 ? 1 : 2));
  }
}

}  // namespace sotto::passes
