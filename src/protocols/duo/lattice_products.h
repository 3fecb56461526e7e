// Cross terms by lattice encryption (he/share.h): the party with one factor's part encrypts it, and the other
// multiplies by its part of the other factor. Which factor is encrypted, the plan says: the smaller one as a
// rule. With two cross terms both directions run at once and cost the same; where one party knows a factor
// entirely, there is one term and one direction.
//
// A matrix's part is cut where its inner extent would make too much noise, or its rows too large a message;
// each piece takes two rounds.
//
// Security: he/share.h.
#pragma once

#include <optional>
#include <vector>

#include "protocols/duo/cross_terms.h"
#include "protocols/he/share.h"

namespace sotto::protocols::duo {

struct LatticePlan {
  bool encrypts_right;  // b is encrypted instead of a
  std::vector<he::ProductPlan> pieces;
  std::size_t results;
  // One direction, all pieces.
  he::Cost cost;
};

// a is m x k, b is k x n, both dense.
LatticePlan plan_lattice_matrix(const he::MatrixShape& shape, const Setting& setting = {});
// Of a = lhs and b = rhs; empty where images have more than 8192 numbers.
std::optional<LatticePlan> plan_lattice_convolution(const ring::ConvolutionView& view,
                                                    const Setting& setting = {});

// This party's share of those terms; a and b are its own parts, of which those of no term may be empty.
// Throws ErrorKind::kData at a party whose numbers need more bits than declared.
Task<Words> lattice_cross_terms(Context& context, LatticePlan plan, CrossTerms terms, Words a, Words b);

// Of elementwise products, by slots (he/slot_products.h): 2 rounds for each 2^16 numbers.
Task<Words> lattice_elementwise_cross_terms(Context& context, CrossTerms terms, Words a, Words b);

// This party's share of a x where `owner` knows a, m x k, in the clear, its numbers at most 2^(bits-1) in
// magnitude, and x, k x n, is shared. a: empty at the other party.
Task<Words> private_matrix_product(Context& context, int owner, he::MatrixShape shape, int bits, Words a,
                                   Words x);

}  // namespace sotto::protocols::duo
