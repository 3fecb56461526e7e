// Maxima over the last axis, shared by max, argmax_one_hot and softmax.
//
// Up to ten columns: all pairs are compared at once (k(k-1)/2 signs in one batch), and a column is the
// maximum if it wins all its comparisons. More columns are first halved by a tournament of neighbours, 5
// rounds per level; neighbours keep the columns in order, so that ">=" lets the first of equals win at every
// level.
//
// Rounds (rep3): k = 1: 0; one-hot 4 + 2 (k = 2: 4), maximum 2 more (k = 2: 5 in all). Exact.
#pragma once

#include "kernels/local.h"

namespace sotto::kernels {

inline constexpr std::int64_t kMostColumnsByPairs = 10;
inline constexpr std::int64_t kMostColumns = kMostColumnsByPairs << 8;  // a leaf's path has at most nine bits

// The one-hot of the maximum over the last axis, Boolean, of x's shape; 1 <= columns <= kMostColumns.
Task<Share> one_hot_of_maximum(Context& context, Share x, Comparing how);
// The maximum; the last axis is gone. Any number of columns >= 1.
Task<Share> maximum(Context& context, Share x, Comparing how);

}  // namespace sotto::kernels
