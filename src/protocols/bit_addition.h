// The bits of a + b modulo 2^w, from Boolean shares of the bits of a and of b; what protocols make the bits
// of an additively shared number with.
//
// Bit i of the sum is a_i ^ b_i ^ c_i with the carry c_0 = 0, c_(i+1) = a_i b_i ^ c_i (a_i ^ b_i). XOR is
// local; products are the protocol's. Either
//   few bytes    c_(i+1) = c_i ^ (a_i ^ c_i)(b_i ^ c_i): one product a place, one round a place; w - 1 of
//   each few rounds   prefixes of (g, p) o (g', p') = (g ^ p g', p p'), g = a b, p = a ^ b, over the n = w -
//   1 low
//                places in 1 + ceil(log2 n) rounds (Sklansky, IRE Transactions 1960): in round l of the tree
//                the places with bit l set take what the last place below their block has; p only where the
//                block does not begin at place 0.
// Products of the latter: P(w) = n + sum over l of (s_l + t_l) for s_l places with bit l set, t_l of them
// from 2^(l+1) on, which have two products with the operand p in common: Q(w) = sum of t_l. P(64) = 373,
// Q(64) = 124; P(20) = 75, Q(20) = 19.
//
// Security: that of the products; nothing else is sent.
#pragma once

#include <functional>
#include <vector>

#include "protocols/table.h"

namespace sotto::protocols {

// Planes multiplied in one round: so many x with y, and the last `second` of these x with z as well.
struct ProductsOfPlanes {
  std::size_t planes, second;
};
std::vector<ProductsOfPlanes> products_of_addition(int bits, Effort effort);

// Boolean shares of planes of whole words; result: x y, then x z behind it. Called once for each entry of
// products_of_addition(), in its order.
using MultiplyPlanes = std::function<Task<Share>(Share x, Share y, Share z)>;

// a, b and the result: of shape (bits, 64 words).
Task<Share> add_bits(Context& context, Share a, Share b, Effort effort, const MultiplyPlanes& multiply);

// Of Boolean shares of the same shape, part by part.
Share exclusive_or(const Context& context, const Share& x, const Share& y);

}  // namespace sotto::protocols
