#include "protocols/duo/convolution_matrices.h"

namespace sotto::protocols::duo {
namespace {

// Where lhs is read for place `place` and element `tap` of the window along an axis; negative: a zero of
// padding or dilation.
std::int64_t position(const ring::ConvolutionView::Spatial& axis, std::int64_t place, std::int64_t tap) {
  const std::int64_t padded = place * axis.stride + tap * axis.rhs_dilation - axis.low;
  if (padded < 0 || padded % axis.lhs_dilation != 0) return -1;
  const std::int64_t at = padded / axis.lhs_dilation;
  return at < axis.input ? at : -1;
}

// Calls function(row of the result, batch, y, x) for every place, in any order.
template <class Function>
void for_places(const ring::ConvolutionView& view, const Function& function) {
  for (std::int64_t batch = 0; batch < view.batch; ++batch)
    for (std::int64_t y = 0; y < view.y.output; ++y)
      for (std::int64_t x = 0; x < view.x.output; ++x)
        function(static_cast<std::size_t>(batch * view.batch_row_stride + y * view.y.row_stride +
                                          x * view.x.row_stride),
                 batch, y, x);
}

}  // namespace

void ConvolutionMatrices::gather_patches(std::span<ring::Element> patches,
                                         std::span<const ring::Element> lhs) const {
  for_places(view, [&](std::size_t row, std::int64_t batch, std::int64_t y, std::int64_t x) {
    std::size_t to = row * inner();
    for (std::int64_t v = 0; v < view.y.window; ++v)
      for (std::int64_t u = 0; u < view.x.window; ++u) {
        const std::int64_t from_y = position(view.y, y, v), from_x = position(view.x, x, u);
        const bool inside = from_y >= 0 && from_x >= 0;
        const std::ptrdiff_t at =
            batch * view.lhs_batch_stride + from_y * view.y.lhs_stride + from_x * view.x.lhs_stride;
        for (std::int64_t i = 0; i < view.in; ++i)
          patches[to++] = inside ? lhs[static_cast<std::size_t>(at + i * view.lhs_feature_stride)] : 0;
      }
  });
}

void ConvolutionMatrices::gather_factors(std::span<ring::Element> factors,
                                         std::span<const ring::Element> rhs) const {
  std::size_t to = 0;
  for (std::int64_t v = 0; v < view.y.window; ++v)
    for (std::int64_t u = 0; u < view.x.window; ++u)
      for (std::int64_t i = 0; i < view.in; ++i)
        for (std::int64_t o = 0; o < view.out; ++o)
          factors[to++] =
              rhs[static_cast<std::size_t>(view.rhs_offset + v * view.y.rhs_stride + u * view.x.rhs_stride +
                                           i * view.rhs_in_stride + o * view.rhs_out_stride)];
}

void ConvolutionMatrices::scatter(std::span<ring::Element> result,
                                  std::span<const ring::Element> rows) const {
  // Rows count places in the result's own order with the feature's axis left out; put back, it is
  // feature_stride places from the end.
  const std::size_t columns = view.columns(), inside = static_cast<std::size_t>(view.feature_stride);
  for (std::size_t row = 0; row < view.rows(); ++row)
    for (std::size_t o = 0; o < columns; ++o)
      result[(row / inside * columns + o) * inside + row % inside] = rows[row * columns + o];
}

}  // namespace sotto::protocols::duo
