// Rounds and memory of a block, from its operations' costs.
#pragma once

#include "plan/plan.h"

namespace sotto::passes {

// Every operation starts in the round in which its last operand is there. Sets start rounds and the block's
// rounds and bytes. REQUIRES: rounds and bytes of every operation are set; operations are in topological
// order.
void schedule(plan::Block& block, int parties);

// The most bytes a party holds at once while the block runs: inputs and states throughout, other values from
// their definition to their last use, `parts` words per element.
std::uint64_t peak_bytes(const plan::Plan& plan, const plan::Block& block, int parts);

}  // namespace sotto::passes
