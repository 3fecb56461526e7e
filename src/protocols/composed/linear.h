// Linear arithmetic on shares, for rows composed of other rows. All of it is local.
#pragma once

#include "protocols/operations.h"

namespace sotto::protocols::composed {

// The sum of scaled shares of one shape.
Task<Share> sum_of(Context& context, std::vector<Addend> addends);
// A public number, as a share of a shape.
Share filled(const Context& context, const Shape& shape, ring::Element value);
// Elements `first`, `first` + step, ... of an arithmetic share, as many as fit, as a vector.
Share strided(const Context& context, const Share& share, std::size_t first, std::size_t step);
// Shares one after the other, as a vector.
Share joined(const Context& context, const std::vector<Share>& shares);
// Elements [first, first + count), as a vector.
Share sliced(const Share& share, std::size_t first, std::size_t count);

// bits ? value : 0
Task<Share> selected(Context& context, Share bits, std::vector<Addend> value);

}  // namespace sotto::protocols::composed
