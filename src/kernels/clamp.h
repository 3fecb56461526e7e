// Values that must not leave an interval, within kernels: ReLUs, exactly.
#pragma once

#include "kernels/local.h"

namespace sotto::kernels {

// x + by, in units of the last place. Local.
Share shifted(const Context& context, const Share& x, std::int64_t by);

// max(x, least) for |x|, |least| <= 2^bits units. Rounds (rep3): those of a ReLU in a window of bits + 2.
Task<Share> at_least(Context& context, Share x, std::int64_t least, int bits, protocols::Effort effort);

// x within [-most, most], likewise: two ReLUs at once.
Task<Share> clamped(Context& context, Share x, std::int64_t most, int bits, protocols::Effort effort);

}  // namespace sotto::kernels
