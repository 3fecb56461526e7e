// What the kernels that make probes (protocols/probes.h) have in common.
#pragma once

#include "kernels/check.h"

namespace sotto::kernels {

// `probes`, the attribute: groups of the probed tensor, at most as many as it has elements; `result` holds
// kProbes each.
void check_probes(const Check& check, const ValueType& result, const Shape& probed);

}  // namespace sotto::kernels
