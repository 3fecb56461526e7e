#include "passes/schedule/schedule.h"

#include <algorithm>
#include <map>

namespace sotto::passes {

void schedule(plan::Block& block, int parties) {
  std::map<std::uint32_t, std::uint32_t> ready;
  std::vector<std::uint64_t> bytes(static_cast<std::size_t>(parties) * static_cast<std::size_t>(parties), 0);
  std::uint32_t rounds = 0;
  for (auto& operation : *block.mutable_operations()) {
    std::uint32_t start = 0;
    for (auto operand : operation.operands())
      if (const auto found = ready.find(operand); found != ready.end())
        start = std::max(start, found->second);
    operation.set_start_round(start);
    for (auto result : operation.results()) ready[result] = start + operation.rounds();
    rounds = std::max(rounds, start + operation.rounds());
    for (int pair = 0; pair < operation.bytes_size(); ++pair)
      bytes[static_cast<std::size_t>(pair)] += operation.bytes(pair);
  }
  block.set_rounds(rounds);
  block.mutable_bytes()->Assign(bytes.begin(), bytes.end());
}

std::uint64_t peak_bytes(const plan::Plan& plan, const plan::Block& block, int parts) {
  auto size = [&](std::uint32_t id) {
    const auto& value = plan.values(static_cast<int>(id));
    const auto elements = static_cast<std::uint64_t>(element_count(plan::shape_of(value)));
    const std::uint64_t words = value.sharing() == plan::wire::BOOLEAN ? (elements + 63) / 64 : elements;
    return words * 8 * static_cast<std::uint64_t>(parts);
  };
  std::uint64_t live = 0;
  for (const auto& input : plan.inputs()) live += size(input.value());
  std::map<std::uint32_t, int> last_use;
  for (int i = 0; i < block.operations_size(); ++i)
    for (auto operand : block.operations(i).operands()) last_use[operand] = i;
  for (const auto& update : block.updates()) last_use[update.next()] = block.operations_size();
  std::uint64_t peak = live;
  std::map<std::uint32_t, bool> local;
  for (int i = 0; i < block.operations_size(); ++i) {
    const auto& operation = block.operations(i);
    for (auto result : operation.results())
      if (operation.kernel() != "input" && last_use.contains(result))
        live += size(result), local[result] = true;
    peak = std::max(peak, live);
    for (auto operand : operation.operands())
      if (last_use[operand] == i && local[operand]) live -= size(operand), local[operand] = false;
  }
  return peak;
}

}  // namespace sotto::passes
