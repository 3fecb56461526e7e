// The operations that `sotto bench kernel` knows: how a block of a hand-made plan computes one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace sotto::cli {

// Adds the values, inputs and the one timed operation to the plan. Throws ErrorKind::kUsage with the known
// names.
void add_benched_kernel(plan::Plan& plan, plan::Block& block, const std::string& name, std::int64_t elements);

}  // namespace sotto::cli
