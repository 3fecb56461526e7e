// Matrices in polynomials. An encrypted matrix A (rows x inner) meets a matrix B (inner x columns) known in
// the clear. With a gap g, a power of two, blocks of r rows, g inner and c columns, r c g <= N,
//   a(X) = sum of A[i][l] X^(i c g + l),    b(X) = sum of B[l][j] X^(j g - l)    modulo X^N + 1
// have the products' sum over l at the multiples (i c + j) g of g in a b, and nothing else there: another
// exponent i c g + j g + l - l' is no multiple of g (Huang, Lu, Hong and Ding, "Cheetah", 2022, of the same
// kind). No automorphism is needed but those that pack up to g results into one ciphertext.
#pragma once

#include "protocols/he/layout.h"

namespace sotto::protocols::he {

// The product of x (m x k) and y (k x n), dense and row-major, or where transposed in memory, the other way
// round; one of them is encrypted.
struct MatrixShape {
  std::size_t m, k, n;
  bool x_transposed = false, y_transposed = false;
};

// The part of it that one layout covers: the encrypted factor's rows, or its columns where y is encrypted,
// and a part of k.
struct MatrixPart {
  std::size_t first_row = 0, rows = 0, first_inner = 0, inner = 0;
};

class MatrixLayout : public Layout {
 public:
  // gap: a power of two. Blocks of the encrypted factor's rows, and of the other's columns, as above; if y is
  // encrypted, rows are y's columns and columns x's rows.
  struct Geometry {
    std::size_t gap, row_block, column_block;
  };
  MatrixLayout(const MatrixShape& shape, bool encrypts_right, const MatrixPart& part,
               const Geometry& geometry);

  Blocks blocks() const override;
  std::size_t results() const override { return part_.rows * columns_; }
  std::size_t gap() const override { return geometry_.gap; }
  std::size_t nonzero() const override { return geometry_.gap * geometry_.column_block; }
  void encode_operand(std::span<Word> coefficients, std::span<const Word> operand, std::size_t row,
                      std::size_t inner) const override;
  void encode_multiplier(std::span<Word> coefficients, std::span<const Word> multiplier, std::size_t inner,
                         std::size_t column) const override;
  std::vector<Place> places(std::size_t row, std::size_t column) const override;

 private:
  struct Strides {
    std::size_t row, column;
  };
  MatrixPart part_;
  Geometry geometry_;
  std::size_t columns_;
  Strides operand_, multiplier_, result_;
};

}  // namespace sotto::protocols::he
