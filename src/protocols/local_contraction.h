// The arithmetic of a contraction on the first part of each share: all of it where there is one party, and a
// party's own summand where sharings are additive.
#pragma once

#include <span>

#include "protocols/table.h"

namespace sotto::protocols {

// out = product_scale * (a op b); zero without a product.
void multiply_locally(std::span<ring::Element> out, const Contraction& contraction);
// out += the sum of addends.
void add_locally(std::span<ring::Element> out, const Contraction& contraction);

}  // namespace sotto::protocols
