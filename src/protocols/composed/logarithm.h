// lookup_of_logarithm out of other rows, for protocols that have nothing better.
//
// v is first raised to 2^lowest at least, by a ReLU. Then it is brought into [2^(highest-1), 2^highest): for
// s = ..., 4, 2, 1, where it is below 2^(highest-s) it is multiplied by 2^s, and s is counted. The logarithm
// of what results, cut to `precision` + 4 bits, is a lookup of a polynomial, and that of v differs by what
// was counted. Then the function's own lookup.
//
// Error of the logarithm: 1.45 * 2^-(precision+4) of the cut, the polynomials' (below 2^-(precision+2)), and
// a unit of its fraction bits. Rounds: those of a ReLU, of log2(highest - lowest) comparisons and selections
// one after the other, and of two lookups. Security: that of the rows.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::composed {

Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                const PiecewiseFunction& function);

}  // namespace sotto::protocols::composed
