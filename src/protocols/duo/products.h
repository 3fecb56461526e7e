// The cross terms of a contraction's product, by any of the ways that product_choice.h compares; and what
// each way costs, for people.
//
// A square needs one of its two terms: with x = x_0 + x_1, x x = x_0 x_0 + x_1 x_1 + 2 x_0 x_1, and of a
// matrix X X^T, X_1 X_0^T is X_0 X_1^T transposed, an operation on shares of it that is local. Of many
// squares of numbers one half may take the other term, so that both directions of a link are used.
//
// Products are made modulo 2^64 also where fewer bits of the result are declared. Modulo 2^w, transfers would
// take w (w + 1) / 2 bits a product instead of 2080, and ciphertexts a fifth less at w = 48; but results that
// calibration bounded are watched by random projections of the sum itself (probes.h), which must not wrap,
// and a sum that nothing truncates must be made a share modulo 2^64 again first.
//
// Security: that of the ways.
#pragma once

#include "protocols/duo/product_choice.h"

namespace sotto::protocols::duo {

// This party's share of all cross terms of c's product, as chosen; of a square, both, made of one. There is a
// term at least.
Task<Words> crossed(Context& context, const Contraction& c);
// The same by the way given.
Task<Words> crossed_by(Context& context, const Contraction& c, ProductWay way);

// The row of the table: every way, its traffic counted as every cost is.
WaysToMultiply ways_to_multiply(const Contraction& c, const Contraction::Link& network);

}  // namespace sotto::protocols::duo
