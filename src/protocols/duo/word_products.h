// Products of what one party knows with what the other knows: the two cross terms of a product of shares,
//   (a_0 + a_1)(b_0 + b_1) = a_0 b_0 + a_1 b_1 + a_0 b_1 + a_1 b_0.
// This header is the border: whatever makes such products may stand behind it. Small ones are made here, by
// transfers; large ones by encryption that computes (lattice_products.h). product_choice.h decides.
//
// Gilboa, Crypto 1999: with y = sum of 2^i y_i, x y is the sum of 2^i (y_i x), products of a bit with a
// number modulo 2^(64-i). A number y that multiplies a vector needs one transfer a bit for all of it
// (crypto/ot/correlated_vectors.h).
//
// Security: semi-honest, that of transfers (bit_products.h).
//
// Cost of y times a vector of n, for y of b bits: b transfers, b + b (129 - b) / 2 n bits, that is 64 + 2080
// n at 64; 2 rounds for each slice of 2^16 products. 2^14 numbers y take their transfers together: of 1,024
// and more they are silent (supply.h), which takes a round for all slices.
#pragma once

#include <functional>

#include "protocols/duo/cross_terms.h"
#include "protocols/duo/supply.h"
#include "protocols/he/cost.h"
#include "protocols/he/matrix_layout.h"

namespace sotto::protocols::duo {

// result[t] = sum over items e with target(e) = t of y[e] x[source(e)], where x and the result are rows of
// `length` words.
struct WordProducts {
  std::size_t items, length, targets;
  std::function<std::size_t(std::size_t)> source, target;
};

// Shares of x y, x known to the sender, y to the other: each gives what it has. No more than a slice at once.
class Gilboa {
 public:
  // y is below 2^factor_bits.
  Gilboa(Supply& supply, int sender, std::size_t items, std::size_t length, int factor_bits = 64);
  // The sender's x, a row for each item, or the other's y. Result: a row for each item.
  Task<Words> run(Words mine);
  int sender() const { return sender_; }

 private:
  Task<Words> send(Words rows);
  Task<Words> choose(Words factors);
  std::size_t flips_bytes() const { return ot::flips_bytes(items_); }

  Supply& supply_;
  int sender_;
  std::size_t items_, length_, factor_bits_;
  Supply::Claim claim_;
};

// This party's share of the terms of x_0 y_1 + x_1 y_0 in the geometry given; x and y are its own.
Task<Words> cross_terms(Context& context, CrossTerms terms, Words x, Words y, WordProducts products);

// Their cost, of one term; both are made at once. And that of a product of matrices.
he::Cost transfers_cost(std::size_t items, std::size_t length);
he::Cost matrix_transfers_cost(std::size_t m, std::size_t k, std::size_t n);

// The same of elementwise products, and of a product of matrices.
Task<Words> elementwise_transfers(Context& context, CrossTerms terms, Words a, Words b);
Task<Words> matrix_transfers(Context& context, CrossTerms terms, Words a, Words b, he::MatrixShape shape);

}  // namespace sotto::protocols::duo
