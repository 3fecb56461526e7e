// The contraction row: products and sums, exactly truncated, with a ReLU or a selection on the way.
//
// A party's share of a product is what it makes of its own parts and its share of the cross terms
// (products.h: two terms, or one of a square); sums, and probes of sums, are local. What follows is done
// slice by slice (slices.h), all transfers of a slice in one supply:
//
// | step                   | rounds                     | bits per element beside transfers     | transfers
// |------------------------|----------------------------|---------------------------------------|----------
// | truncation by d bits   | 2                          | 1 + d                                 | 1
// | ReLU, chain            | 4 + those of the chain     | those of the chain, and 67 + w        | + 3
// | ReLU, tree, n digits   | 4 + ceil(log2 n)           | those of the comparison, and 130      | + 2
// | selection              | 2 (after the truncation)   | 130                                   | 2
//
// Many transfers take a round more (supply.h).
// A ReLU compares the truncation's parts, which takes place at the same time. Security: the files named.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Shares> contract(Context& context, Contraction contraction);

// This party's share of value / 2^bits.
Task<Words> truncate(Context& context, Words value, int bits);
// Of a b, elementwise.
Task<Words> multiply(Context& context, Words a, Words b);

}  // namespace sotto::protocols::duo
