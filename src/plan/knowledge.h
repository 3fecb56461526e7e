// Which values of a plan one party knows in the clear: its own inputs and what merely moves their elements.
// Protocols multiply by these at less cost (protocols/share.h). It follows from the operations, so a plan
// cannot claim it.
#pragma once

#include <vector>

#include "plan/plan.h"

namespace sotto::plan {

// For each value the party that knows it, or -1. What a block computes anew, a state among others, nobody
// knows.
std::vector<int> known_to(const Plan& plan);

}  // namespace sotto::plan
