// The two summands of a value: A, known to the pair, and B, known to the single, v = A + B modulo 2^64.
//
// A value that is already shared has them for nothing: A = c(s), B = c(s+1) + c(s+2). A product is first a
// sum of three summands, one at each party (Araki et al. 2016); the pair exchanges its two, masked by keys it
// has in common with the single, 16 bytes per element for both. The masks sum to zero over the three parties;
// each of the pair sees the other's summand under a mask it does not know.
#pragma once

#include "base/ring_convolution.h"
#include "protocols/rep3/dealing.h"
#include "protocols/table.h"

namespace sotto::protocols::rep3 {

// What all chunks of one contraction share.
class LocalProduct {
 public:
  LocalProduct(const Context& context, const Contraction& contraction);

  // Elements between which chunks may be cut: whole rows of a matrix, whole pixels of a convolution.
  std::size_t granularity() const { return granularity_; }
  // This party's summand of v for the chunk: a product's third, or A (pair) or B (single) of a plain sum.
  Words summand(const Context& context, const Chunk& chunk) const;
  // Of a plain sum, at the pair: this party's own component of B, which the partner does not know.
  Words component(const Context& context, const Chunk& chunk) const;
  bool is_product() const { return contraction_.product != Contraction::Product::kNone; }

 private:
  void prepare_convolution(const Context& context);
  void add_product(std::span<std::uint64_t> out, const Chunk& chunk) const;
  void add_matrix_product(std::span<std::uint64_t> out, const Chunk& chunk) const;
  // The product's summand for rows [first, first + count) of the result; `all`: in the result's own layout.
  void add_convolution(std::span<std::uint64_t> out, std::size_t first, std::size_t count, bool all) const;
  void add_addend(std::span<std::uint64_t> out, const Addend& addend, const Chunk& chunk,
                  const Roles& roles) const;
  static void add_part(std::span<std::uint64_t> out, const Addend& addend, int part, const Chunk& chunk);

  const Contraction& contraction_;
  Words b_sum_;  // parts[0] + parts[1] of b
  ring::ConvolutionView view_{};
  bool by_rows_ = true;  // of the matrix that a product is, which then are runs of the result
  Words whole_;          // of a convolution: its summand, where it is not by rows
  std::size_t rows_ = 1, inner_ = 1, columns_ = 1, granularity_ = 64;
};

// Masks this party's summand (in place) and, at the pair, starts the exchange; the partner's words are there
// after the next round. At the single, the masked summand is B.
Words mask_and_exchange(Dealing& dealing, const Words& summand);

// For a sum that is truncated: A += coin, B -= coin (in place) for pseudorandom words that anyone may know.
// The halves of a value fresh from its owner may be constant (an input has a component that is zero);
// shifted, they round either way like any others, so that truncation has zero mean. Known to all, the coin
// changes nothing in what anyone learns.
void shift_by_public_coin(const Dealing& dealing, const Words& half);

}  // namespace sotto::protocols::rep3
