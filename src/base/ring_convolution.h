// Convolution over the ring Z_2^64: implicit matrix products. Rows are the result's places (batch, y, x) in
// the result's own order, columns its features; no matrix of all windows is ever built.
#pragma once

#include "base/convolution.h"
#include "base/ring.h"

namespace sotto::ring {

// A convolution of dense tensors, resolved to extents and strides (in elements).
struct ConvolutionView {
  struct Spatial {
    std::int64_t input, window, output;  // extents
    std::int64_t stride, low, lhs_dilation, rhs_dilation;
    std::ptrdiff_t lhs_stride, rhs_stride,
        row_stride;  // of rhs negative when reversed; rows between neighbours
  };
  Spatial y, x;
  std::int64_t batch, in, out;
  std::ptrdiff_t lhs_batch_stride, lhs_feature_stride, batch_row_stride;
  std::ptrdiff_t rhs_in_stride, rhs_out_stride, rhs_offset;  // offset: of the window's first element
  // Elements between neighbouring features of the result: 1 when features are its last axis.
  std::int64_t feature_stride;

  std::size_t rows() const { return static_cast<std::size_t>(batch * y.output * x.output); }
  std::size_t columns() const { return static_cast<std::size_t>(out); }
  // Whether rows are contiguous in the result, so that ranges of rows are ranges of elements.
  bool by_rows() const { return feature_stride == 1; }
};

// Throws as convolved_shape() does.
ConvolutionView view_of(const Convolution& convolution, const Shape& lhs, const Shape& rhs);

// Rows [first, first + count) of the result, each of columns() elements, dense: out (+)= their part of the
// product. Products as matmul's, about 40 GMAC/s per core with AVX-512 on Zen 5 from 16 features up; windows
// over few input features half that. Uses up to base::threads() threads.
void convolve_rows(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                   std::size_t first, std::size_t count, bool accumulate = false);

// All of the result in its own layout, whatever its order of axes.
void convolve(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
              bool accumulate = false);

}  // namespace sotto::ring
