// Softmax over rows of 2 to 10 columns in twelve rounds: everything the single deals leaves in the first.
//
// The single of a chunk stays the same from the logits to the result. What it knows of every intermediate
// value, its half B, is a sum of masks that it draws itself, so it deals the tables and correlations of all
// steps before anything has arrived; the pair, who know the other half A, need one round for each opening:
//
//   maximum (near_maximum.h)      4   comparisons merged, products, winner, its opening
//   exponential                   2   vanishing_lookup.h: zero far below the maximum
//   shared again, untruncated     1   its masks are B of the powers and of their sum
//   reciprocal of the sum         2   piecewise_lookup.h
//   product, truncated            2   truncation.h
//
// Security: each step's file; the sites of the steps' randomness differ. Semi-honest, one corruption; the
// single receives nothing. As with truncation, against a functionality that tells a corrupted party its
// summand (A or B): it decides which of nearly equal columns is taken off and whether a power a piece below
// the pieces counts. Cost per row of ten with eight pieces, a window of 26 bits and a reciprocal of 16 pieces
// and 2 terms: about 2.6 kB.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> softmax(Context& context, Share value, const Softmax& function);

}  // namespace sotto::protocols::rep3
