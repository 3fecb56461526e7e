// Convolutions in polynomials, without copying windows (the encoding of Huang, Lu, Hong and Ding, "Cheetah",
// 2022, with several images and output features in one polynomial).
//
// Let `cell` = H W be the extent of lhs with its padding and dilation written out as zeros, as far as windows
// reach, and blocks have I images, C input and O output features, I C O cell <= N. With window positions q =
// v W + u (dilated), q <= Q, and p = y W + x,
//   lhs:  sum of lhs[i][c][p] X^((i O C + c) cell + p),
//   rhs:  sum of rhs[o][c][q] X^((o C + C - 1 - c) cell + Q - q)
// have the result of image i, feature o at position p at coefficient ((i O + o) C + C - 1) cell + Q + p.
// Nothing else is there: other input features differ in the cell; what passes the end of a cell, or of the
// polynomial, comes to less than Q in a cell, where no result is; and p - q determines p within a row of
// cells.
#pragma once

#include <optional>

#include "base/ring_convolution.h"
#include "protocols/he/layout.h"

namespace sotto::protocols::he {

class ConvolutionLayout : public Layout {
 public:
  struct Geometry {
    std::size_t images, in, out;
  };
  ConvolutionLayout(const ring::ConvolutionView& view, bool encrypts_right, const Geometry& geometry);
  // The extent of an image: not more than N numbers can be laid out at all.
  static std::size_t cell(const ring::ConvolutionView& view);

  Blocks blocks() const override;
  std::size_t results() const override { return view_.rows() * view_.columns(); }
  std::size_t gap() const override { return 1; }
  std::size_t nonzero() const override;
  void encode_operand(std::span<Word> coefficients, std::span<const Word> operand, std::size_t row,
                      std::size_t inner) const override;
  void encode_multiplier(std::span<Word> coefficients, std::span<const Word> multiplier, std::size_t inner,
                         std::size_t column) const override;
  std::vector<Place> places(std::size_t row, std::size_t column) const override;

 private:
  void encode_lhs(std::span<Word> coefficients, std::span<const Word> lhs, std::size_t images,
                  std::size_t in) const;
  void encode_rhs(std::span<Word> coefficients, std::span<const Word> rhs, std::size_t in,
                  std::size_t out) const;

  ring::ConvolutionView view_;
  bool encrypts_right_;
  Geometry geometry_;
  std::size_t width_, cell_, last_;  // W, H W, Q
};

}  // namespace sotto::protocols::he
