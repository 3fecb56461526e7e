// The bits of a shared number: x = A + B, A = c(s) known to the pair, B = c(s+1) + c(s+2) to the single. The
// bits of A are a Boolean share as they are, of which two components are zero; those of B are the single's
// input (boundary.h). Their sum's bits: bit_addition.h. The single is one party for the whole tensor and
// changes from operation to operation.
//
// AND of bits, as many as wanted in a round: each party multiplies the components it has,
//   z_i = x(i+1) y(i+1) ^ x(i+1) y(i+2) ^ x(i+2) y(i+1),      x y = z_0 ^ z_1 ^ z_2,
// hides its z_i by bits of the keys it has with each of the others, which cancel in the sum, and sends it to
// the party before it: what is z_i is the new component i+1 (Araki, Furukawa, Lindell, Nof, Ohara, CCS 2016).
//
// Security: semi-honest, one corruption: what arrives is hidden by a bit of a key that the receiver lacks,
// used once; all else is the input's.
// Cost of an AND: 3 bits, 1 round. Of the bits of a number, w of them: 1 round and w bits, and the sum's
// products.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> to_bits(Context& context, Share value, int bits, Effort effort);

}  // namespace sotto::protocols::rep3
