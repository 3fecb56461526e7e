// The exact cost of every operation of a plan. Internal to emit/.
#pragma once

#include "passes/options.h"
#include "plan/plan.h"

namespace sotto::passes {

// Chooses variants for the network; sets rounds and bytes of all operations by counting, start rounds, and
// the totals of blocks.
void set_costs(plan::Plan& plan, const Network& network);

}  // namespace sotto::passes
