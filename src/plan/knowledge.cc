#include "plan/knowledge.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sotto::plan {
namespace {

constexpr int kNobody = -1;

// Of one operand, whose elements they leave as they are.
bool moves_elements(std::string_view kernel) {
  static constexpr std::array<std::string_view, 7> kMoves = {"batch", "reshape", "transpose", "broadcast",
                                                             "slice", "reverse", "pad"};
  return std::ranges::find(kMoves, kernel) != kMoves.end();
}

}  // namespace

std::vector<int> known_to(const Plan& plan) {
  std::vector<int> known(static_cast<std::size_t>(plan.values_size()), kNobody);
  for (const auto& input : plan.inputs())
    if (input.initializer().empty())
      known[input.value()] = party_of_role(plan, input.role()).value_or(kNobody);
  for (const auto& state : plan.states()) known[state.value()] = kNobody;
  for (const auto& block : plan.blocks())
    for (const auto& operation : block.operations())
      if (moves_elements(operation.kernel()) && operation.operands_size() == 1)
        for (auto result : operation.results()) known[result] = known[operation.operands(0)];
  return known;
}

}  // namespace sotto::plan
