// The exact cost of every operation of a plan. Internal to emit/.
#pragma once

#include "plan/plan.h"

namespace sotto::passes {

// Sets rounds and bytes of all operations by counting, start rounds, and the totals of blocks.
void set_costs(plan::Plan& plan);

}  // namespace sotto::passes
