// The bits of a shared number: each party's part is a number whose bits it knows, which is a Boolean share of
// them as they are; their sum's bits: bit_addition.h, with products by conjunction.h.
//
// Security: semi-honest, as conjunction.h. Cost, for w bits with P products of which Q have an operand in
// common: P - Q transfers in each direction, 4 P - 2 Q bits; a round for each level, and one or two until the
// transfers are there (supply.h).
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Share> to_bits(Context& context, Share value, int bits, Effort effort);

}  // namespace sotto::protocols::duo
