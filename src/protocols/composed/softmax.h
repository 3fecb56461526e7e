// The softmax row out of other rows, for protocols that have nothing better.
//
// The maximum of k columns by a tournament of ceil(log2 k) ReLUs, max(a, b) = b + relu(a - b); the
// exponential of differences by its lookup, zero where a comparison says that they lie left of its pieces;
// the sum, its reciprocal by a lookup, a product. Any of equal columns is taken off. Security: that of the
// rows.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::composed {

Task<Share> softmax(Context& context, Share value, const Softmax& function);

}  // namespace sotto::protocols::composed
