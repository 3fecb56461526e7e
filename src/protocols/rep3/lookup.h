// A function of one variable by dealt pieces (the contract is PiecewiseFunction in table.h).
//
// The replicated sharing is already a masked opening: the pair knows A = u - B, the single knows the mask -B.
// For each of the 2^m values j of A's top bits the single deals the coefficients of the function around base
// = j 2^l + B modulo 2^w; the pair takes, by a scan over all j, those of its own j, and multiplies them by
// public functions of its own low l bits. The sum is shared between the pair, and truncated and replicated as
// usual; since the single's summand there is only its masks, its dealing travels in the first message.
//
// Security (semi-honest, one corruption): second receives coefficients masked by a key it does not know; the
// single receives nothing. Perfect: no statistical distance, no failure. Idea: opening x + r to look up a
// dealt table (Boyle et al. 2021; Grotto, 2023), with the mask that replicated sharing gives for nothing.
// Cost per element: 8 terms 2^m bytes dealt, then 16 + 8 + 3d/8 bytes and 2 rounds (d = 0: 16 bytes and 1
// round); in all 3 rounds (2).
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function);

}  // namespace sotto::protocols::rep3
