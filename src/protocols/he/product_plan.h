// How a product runs under encryption: a layout, moduli, messages, and what it costs.
//
// Fewer, fuller ciphertexts up make more results to pack, and the other way round: of many layouts a plan is
// the one that takes least time on a network (100 Mbit/s unless told), with the work of one core of the
// reference machine (docs/performance.md). In integers, so that both parties choose alike.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "base/ring_convolution.h"
#include "protocols/he/cost.h"
#include "protocols/he/layout.h"
#include "protocols/he/matrix_layout.h"
#include "protocols/he/return_path.h"

namespace sotto::protocols::he {

struct Numbers {
  // The multiplier's numbers as signed ones are at most 2^(multiplier_bits-1) in magnitude.
  int multiplier_bits = 64;
  // The result is known modulo 2^result_bits.
  int result_bits = 64;
  // So many products, each with numbers that the holder knows, are added up before they return.
  int summands = 1;
};

struct ProductPlan {
  std::shared_ptr<const Layout> layout;
  Numbers numbers;
  Layout::Blocks blocks = {};
  std::size_t together = 1;  // products packed into one ciphertext
  ReturnPath path = {};
  lattice::ReplyShape reply = {};  // without positions
  Cost cost = {};

  lattice::MessageSpace space() const { return lattice::MessageSpace::power_of_two(numbers.result_bits); }
  // Ciphertexts: of the operand, row after row; products, in the order in which they are packed, all rows of
  // a column first; and what returns.
  std::size_t operands() const { return blocks.rows * blocks.inner; }
  std::size_t products() const { return blocks.rows * blocks.columns; }
  std::size_t replies() const { return (products() + together - 1) / together; }
  // Where the results of reply `index` are, by ascending coefficients.
  std::vector<Layout::Place> places(std::size_t index) const;
};

// Empty where the noise fits no modulus.
std::optional<ProductPlan> plan_layout(std::shared_ptr<const Layout> layout, const Numbers& numbers);

// Empty for more than 2^16 inner at 64 bits, perhaps.
std::optional<ProductPlan> plan_matrix(const MatrixShape& shape, bool encrypts_right, const MatrixPart& part,
                                       const Numbers& numbers, const Network& network);

// lhs, or rhs, encrypted. Empty where an image and its padding have more than 8192 numbers.
std::optional<ProductPlan> plan_convolution(const ring::ConvolutionView& view, bool encrypts_right,
                                            const Numbers& numbers, const Network& network);

}  // namespace sotto::protocols::he
