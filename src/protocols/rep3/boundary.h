// Where values enter and leave: inputs, constants, revelations.
//
// input: with owner o, c(o) = 0 is public; c(o+1) comes from the key of o and o+2; c(o+2) = x - c(o+1) is
// sent to o+1. Party o+1 sees x under a mask it does not know, o+2 sees that mask alone. 8 bytes per element,
// 1 round. input_bits: the same with XOR, 1/8 byte. reveal: party p lacks only c(p), which p+1 sends. 8 bytes
// per element and receiver (bits: 1/8), 1 round. The receiver learns the value and, its own components being
// known to it, nothing else.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> input(Context& context, int owner, Words values, Shape shape);
Task<Share> input_bits(Context& context, int owner, Words bits, Shape shape);
Task<Words> reveal(Context& context, Share share, unsigned to_mask);
Share constant(const Context& context, Words values, Kind kind, Shape shape);

}  // namespace sotto::protocols::rep3
