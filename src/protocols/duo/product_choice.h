// Which way the cross terms of a product of shares are made: by transfers (word_products.h), whose cost is
// per product, or by lattice encryption (lattice_products.h), whose cost has a floor of whole ciphertexts.
//
// One function of shapes, of what the parties know and of a network, for the operations themselves and for
// whoever explains a plan: the same answer at both parties. It compares ways by time on the network, with the
// work of one core of the reference machine.
#pragma once

#include <optional>
#include <vector>

#include "protocols/duo/lattice_products.h"
#include "protocols/table.h"

namespace sotto::protocols::duo {

struct ProductWay {
  enum class Means : std::uint8_t {
    kTransfers,    // of a matrix product, an elementwise one, or a convolution made into the former
    kMatrix,       // lattice encryption of a matrix, also of a convolution's patches or factors
    kConvolution,  // of a convolution's operands as they are
    kSlots,        // of elementwise products' numbers: of the first `encrypted`, the rest by transfers
  };
  Means means = Means::kTransfers;
  // Of one term; two run at once and cost the same, each in its direction.
  he::Cost cost;
  std::optional<LatticePlan> lattice = {};  // kMatrix, kConvolution
  std::size_t encrypted = 0;                // kSlots
  // Of squares of numbers: the first half's term in one direction, the second's in the other. The cost is
  // that of a half, and so is `encrypted`.
  bool in_halves = false;
};

struct ProductChoice {
  std::vector<ProductWay> ways;  // that were compared, transfers first
  std::size_t chosen = 0;
  // Transfers are less than one ciphertext each way: they were compared with nothing.
  bool is_small = false;

  const ProductWay& way() const { return ways[chosen]; }
};

// Everything: for explanations. The choice is the same.
enum class Compare : std::uint8_t { kUntilDecided, kEverything };

// Of m x k by k x n.
ProductChoice choose_matrix_product(const he::MatrixShape& shape, const Setting& setting = {},
                                    Compare compare = Compare::kUntilDecided);
// Of a convolution as it is, and as the product of matrices that it may be made into.
ProductChoice choose_convolution(const ring::ConvolutionView& view, const Setting& setting = {},
                                 Compare compare = Compare::kUntilDecided);
// Of elementwise products: whole ciphertexts, and what is left as one more or by transfers.
ProductChoice choose_elementwise(std::size_t count, const he::Network& network = {});

// Of a contraction's product.
ProductChoice choose_product(const Contraction& contraction, Compare compare = Compare::kUntilDecided);
// Its cross terms: none, one, or two. A square's are equal, or one is the other transposed: one is made.
CrossTerms terms_of(const Contraction& contraction);
// A number times itself, or a matrix times its own transpose.
bool is_square(const Contraction& contraction);
// The network as one of so many terms has it: two share what is not duplex, and so do halves.
he::Network network_for(const Contraction::Link& link, const CrossTerms& terms);
// How long a way takes there.
std::uint64_t nanoseconds(const ProductWay& way, const Contraction::Link& link, const CrossTerms& terms);
// Of `count` squares the first half; the second has as many or one less.
inline std::size_t half_of(std::size_t count) { return count - count / 2; }
he::MatrixShape matrix_shape_of(const Contraction& contraction);

}  // namespace sotto::protocols::duo
