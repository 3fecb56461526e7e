// Where values enter and leave: additive shares modulo 2^64, x = x_0 + x_1, and bits as XOR of packed bits,
// one part a party.
//
//   input     the owner's part is x, the other's zero: nothing is sent, and products by what one party knows
//             need but one of two cross terms; bits likewise
//   reveal    to each party that is to learn the value, the other's part; 1 round, 8 bytes an element or a
//             bit a bit for each
//   constant  the first party's part, the second's is zero; complement: at the first party. Both local.
//
// Security: a part that is revealed is the value minus what its receiver has. Semi-honest, one of two
// corrupted (Goldreich, Micali, Wigderson, STOC 1987).
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Share> input(Context& context, int owner, Words values, Shape shape);
Task<Share> input_bits(Context& context, int owner, Words bits, Shape shape);
Task<Words> reveal(Context& context, Share share, unsigned to_mask);
Share constant(const Context& context, Words values, Kind kind, Shape shape);
Share complement(const Context& context, const Share& bits);

// A share of this kind and shape, its part given; and a share's part, with its zeros written out.
Share share_of(Kind kind, Shape shape, Words part);
Words part_of(const Context& context, const Share& share);

}  // namespace sotto::protocols::duo
