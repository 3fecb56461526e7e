// Nothing is revealed before the guard of what it came from was opened. A guard opens bits that say whether a
// state (the count of what was found outside) is still zero; a block that updates such a state adds to what
// the guard has yet to say. From there until a block with guards of all such states has run, no block may
// reveal; a failed guard ends the job, so whatever is revealed has passed.
#include <algorithm>
#include <functional>

#include "plan/checks.h"

namespace sotto::plan::checks {
namespace {

struct Block {
  bool adds = false;   // to a state that guards look at
  bool opens = false;  // guards of all of these
  bool reveals = false;
};

bool has(const plan::Block& block, Special kind) {
  return std::ranges::any_of(block.operations(),
                             [&](const Operation& operation) { return special(operation) == kind; });
}

// The states that the block's guards are computed from.
std::vector<bool> guarded_by(const Plan& plan, const Definitions& definitions, const plan::Block& block) {
  std::vector<bool> needed(static_cast<std::size_t>(plan.values_size()), false);
  for (int i = block.operations_size(); i-- > 0;) {
    const auto& operation = block.operations(i);
    const bool used = special(operation) == Special::kGuard ||
                      std::ranges::any_of(operation.results(), [&](auto value) { return needed[value]; });
    for (auto operand : operation.operands()) needed[operand] = needed[operand] || used;
  }
  std::vector<bool> states(static_cast<std::size_t>(plan.states_size()), false);
  for (std::size_t value = 0; value < needed.size(); ++value)
    if (needed[value] && definitions.state[value] >= 0)
      states[static_cast<std::size_t>(definitions.state[value])] = true;
  return states;
}

std::vector<Block> blocks_of(const Plan& plan, const Definitions& definitions) {
  std::vector<bool> watched(static_cast<std::size_t>(plan.states_size()), false);
  std::vector<Block> blocks(static_cast<std::size_t>(plan.blocks_size()));
  std::vector<std::vector<bool>> guarded(blocks.size());
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const auto& block = plan.blocks(static_cast<int>(b));
    blocks[b].reveals = has(block, Special::kReveal);
    if (!has(block, Special::kGuard)) continue;
    guarded[b] = guarded_by(plan, definitions, block);
    std::transform(watched.begin(), watched.end(), guarded[b].begin(), watched.begin(), std::logical_or());
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    blocks[b].opens = guarded[b] == watched;
    for (const auto& update : plan.blocks(static_cast<int>(b)).updates())
      blocks[b].adds = blocks[b].adds || watched[update.state()];
  }
  return blocks;
}

}  // namespace

void check_guards(const Plan& plan, const Definitions& definitions) {
  const auto blocks = blocks_of(plan, definitions);
  bool pending = false;
  for (int entry = 0; entry < plan.control_size(); ++entry) {
    const auto index = plan.control(entry).block();
    const Block& block = blocks[index];
    if (block.reveals && (pending || block.adds))
      fail(fmt::format("control {}: block \"{}\" reveals before the guard of what ran until then is opened",
                       entry, plan.blocks(static_cast<int>(index)).name()),
           "Run a block with the guard between; `sotto compile` writes plans so.");
    pending = block.adds || (pending && !block.opens);
  }
}

}  // namespace sotto::plan::checks
