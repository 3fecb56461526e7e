// The exact cost of every operation of a plan. Internal to emit/.
#pragma once

#include "passes/options.h"
#include "plan/plan.h"

namespace sotto::passes {

// Has products carry the network, where one is given and the protocol chooses by it how to multiply; chooses
// variants; sets rounds and bytes of all operations by counting, start rounds, and the totals of blocks.
void set_costs(plan::Plan& plan, const std::optional<Network>& network);

}  // namespace sotto::passes
