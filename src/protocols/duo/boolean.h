// The rows that make or take bits: signs, AND, bits as numbers.
//
// | row              | rounds               | bits per element beside transfers            | transfers
// |------------------|----------------------|----------------------------------------------|------------------
// | sign             | 2 + ceil(log2 n)     | comparison.h, n digits                       | comparison.h
// | AND of e bits    | 1 + ceil(log2 e)     | 4 (e - 1)                                    | 2 (e - 1)
// | scale times bit  | 2                    | 64 - z, z the scale's trailing zeros         | 1
//
// Scale times bit: b = b_0 + b_1 - 2 b_0 b_1, of which the product is needed modulo 2^(63-z).
// Security: semi-honest, as conjunction.h, comparison.h and bit_products.h say.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Share> sign(Context& context, Share value, int window, Effort effort);
Task<Share> all_of_last_axis(Context& context, Share bits);
Task<Share> from_bits(Context& context, Share bits, ring::Element scale);

}  // namespace sotto::protocols::duo
