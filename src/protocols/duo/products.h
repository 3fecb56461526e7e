// The cross terms of a contraction's product, by any of the ways that product_choice.h compares; and what
// each way costs, for people.
//
// A square needs one of its two terms: with x = x_0 + x_1, x x = x_0 x_0 + x_1 x_1 + 2 x_0 x_1, and of a
// matrix X X^T, X_1 X_0^T is X_0 X_1^T transposed, an operation on shares of it that is local.
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
