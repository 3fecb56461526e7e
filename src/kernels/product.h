// Products within kernels.
#pragma once

#include "kernels/kernel.h"

namespace sotto::kernels {

// x * y elementwise, truncated. Rounds (rep3): 1, with a truncation 2.
Task<protocols::Share> multiplied(protocols::Context& context, protocols::Share x, protocols::Share y,
                                  int truncate_bits);

}  // namespace sotto::kernels
