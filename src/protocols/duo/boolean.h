// The rows that make or take bits: signs, AND, bits as numbers.
//
// | row              | rounds               | bits per element beside transfers            | transfers
// |------------------|----------------------|----------------------------------------------|------------------
// | sign, chain      | w - 1 places         | carry_chain.h                                | carry_chain.h
// |   tree           | 2 + ceil(log2 n)     | comparison.h, n digits                       | comparison.h
// | AND of e bits    | 1 + ceil(log2 e)     | 4 (e - 1)                                    | 2 (e - 1)
// | scale times bit  | 2                    | 64 - z, z the scale's trailing zeros         | 1
//
// Rounds without the one that a supply of many transfers takes for itself (supply.h), or the one after which
// a carry chain's few are there. Scale times bit: b = b_0 + b_1 - 2 b_0 b_1, of which the product is needed
// modulo 2^(63-z). Security: semi-honest, as conjunction.h, carry_chain.h, comparison.h and bit_products.h
// say.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Share> sign(Context& context, Share value, int window, Effort effort);
Task<Share> all_of_last_axis(Context& context, Share bits);
Task<Share> from_bits(Context& context, Share bits, ring::Element scale);

}  // namespace sotto::protocols::duo
