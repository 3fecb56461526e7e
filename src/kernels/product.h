// Products within kernels.
#pragma once

#include <optional>

#include "kernels/kernel.h"

namespace sotto::kernels {

// x * y elementwise, truncated. Rounds (rep3): 1, with a truncation 2.
Task<protocols::Share> multiplied(protocols::Context& context, protocols::Share x, protocols::Share y,
                                  int truncate_bits);
// x * x, which may cost less.
Task<protocols::Share> squared(protocols::Context& context, protocols::Share x, int truncate_bits);

// Of a call that passed its kernel's check, the product that it makes, for protocols to explain: factors have
// shapes and no data. Empty where it makes none.
std::optional<protocols::Contraction> product_of(const Kernel& kernel, const Call& types_only);

}  // namespace sotto::kernels
