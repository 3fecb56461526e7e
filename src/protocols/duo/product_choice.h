// Which way the cross terms of a product of shares are made: by transfers (word_products.h), whose cost is
// per product, or by lattice encryption (lattice_products.h), whose cost has a floor of whole ciphertexts.
//
// One function of shapes and of a network, for the operations themselves and for whoever plans: the same
// answer at both parties. Seconds are those of one core of the reference machine.
#pragma once

#include <optional>

#include "protocols/duo/lattice_products.h"

namespace sotto::protocols::duo {

struct ProductChoice {
  // Each of one direction; the two run at once and cost the same.
  he::Cost transfers;
  // Present where lattice encryption is chosen.
  std::optional<LatticePlan> lattice;

  const he::Cost& cost() const { return lattice ? lattice->cost : transfers; }
};

// Of m x k by k x n.
ProductChoice choose_matrix_product(const he::MatrixShape& shape, const Setting& setting = {});
// Of a convolution as it is, against the product of matrices that it may be made into: `lattice` is present
// where the former is better.
ProductChoice choose_convolution(const ring::ConvolutionView& view, const Setting& setting = {});
// Of elementwise products: how many of the first go by lattice encryption, the rest by transfers.
std::size_t choose_elementwise(std::size_t count, const he::Network& network = {});

}  // namespace sotto::protocols::duo
