// A function of one variable by pieces (PiecewiseFunction), of x = minimum + A + B modulo 2^window, A known
// to the first party and B to the second.
//
// The first party knows j = floor(A / 2^low) and A's low bits, which are `low`; the second knows B, and for
// every j the base j 2^low + B, brought into (-2^low, 2^window - 2^low]. It offers the coefficients for all
// j, masked by uniform words s; the first takes those of its own j by a 1-of-2^p transfer. With e_i(low) the
// basis, known to the first party:
//   result = sum of (coefficient_i - s_i) e_i  [local]  + s_i e_i  [word_products.h, the first party
//   choosing].
//
// Security: semi-honest: crypto/ot/one_of_many.h and word_products.h; s is uniform, used once. The idea of
// tables by transfers: Dessouky et al., NDSS 2017; pieces whose base only one party knows: table.h.
//
// Cost for p = piece_bits, n terms and a basis of b bits: n (p + b) transfers and n (64 2^p + b + b (129 - b)
// / 2 + p) bits; 2 rounds, and those of a truncation.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function);

}  // namespace sotto::protocols::duo
