// The contraction row and the sign row: products and sums, exactly truncated, with a ReLU or a selection on
// the way.
//
// | form                                   | rounds           | bytes per element, all parties (d bits
// truncated)
// |----------------------------------------|------------------|-------------------------------------------------
// | sum only                               | 0                | 0
// | product                                | 1                | 24
// | sum, truncated                         | 2                | 8 + 3d/8
// | product, truncated                     | 2                | 24 + 3d/8
// | product, truncated, select             | 2                | 56 + 2d/8 (48 + 2d/8 with a cached selector)
// | product, truncated, ReLU               | 3 + merge levels | 56 + 2d/8 + comparison (comparison.h) + 1/4
// | sum, ReLU                              | 3 + merge levels | 32 + comparison + 1/4
// | sum, select                            | 2                | 32 (24 with a cached selector)
// | sign                                   | 2 + merge levels | comparison + 1/4
//
// With Effort::kFewRounds there are no merge levels, and the comparison costs 32.75 bytes per bit of the
// window.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Shares> contract(Context& context, Contraction contraction);
// What a Boolean made by a ReLU of this operation and shape carries, without data: for counting.
std::shared_ptr<const SelectorCache> selector_of_relu(const Shape& shape, std::uint16_t operation);
Task<Share> sign(Context& context, Share value, int window, Effort effort);

}  // namespace sotto::protocols::rep3
