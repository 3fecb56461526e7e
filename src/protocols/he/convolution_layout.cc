#include "protocols/he/convolution_layout.h"

#include <algorithm>

namespace sotto::protocols::he {
namespace {

using Axis = ring::ConvolutionView::Spatial;

std::size_t unsigned_of(std::int64_t n) { return static_cast<std::size_t>(n); }

// How far windows reach along an axis.
std::size_t reach(const Axis& axis) {
  return unsigned_of((axis.output - 1) * axis.stride + (axis.window - 1) * axis.rhs_dilation + 1);
}

// Calls function(place in lhs, place where padding and dilation are written out) for the elements of lhs that
// a window may cover.
template <class Function>
void for_elements(const Axis& axis, const Function& function) {
  const auto end = static_cast<std::int64_t>(reach(axis));
  for (std::int64_t at = 0; at < axis.input; ++at) {
    const std::int64_t place = at * axis.lhs_dilation + axis.low;
    if (place >= 0 && place < end) function(at, unsigned_of(place));
  }
}

std::size_t blocks_of(std::int64_t count, std::size_t block) {
  return (unsigned_of(count) + block - 1) / block;
}

// Block `index` of `count`: its first and how many.
struct Range {
  std::int64_t first, count;
};
Range range_of(std::size_t index, std::size_t block, std::int64_t count) {
  const auto first = static_cast<std::int64_t>(index * block);
  return {first, std::min(static_cast<std::int64_t>(block), count - first)};
}

}  // namespace

std::size_t ConvolutionLayout::cell(const ring::ConvolutionView& view) {
  return reach(view.y) * reach(view.x);
}

ConvolutionLayout::ConvolutionLayout(const ring::ConvolutionView& view, bool encrypts_right,
                                     const Geometry& geometry)
    : view_(view),
      encrypts_right_(encrypts_right),
      geometry_(geometry),
      width_(reach(view.x)),
      cell_(cell(view)),
      last_(unsigned_of((view.y.window - 1) * view.y.rhs_dilation) * width_ +
            unsigned_of((view.x.window - 1) * view.x.rhs_dilation)) {}

Layout::Blocks ConvolutionLayout::blocks() const {
  const std::size_t images = blocks_of(view_.batch, geometry_.images), in = blocks_of(view_.in, geometry_.in),
                    out = blocks_of(view_.out, geometry_.out);
  return {.rows = encrypts_right_ ? out : images, .inner = in, .columns = encrypts_right_ ? images : out};
}

std::size_t ConvolutionLayout::nonzero() const {
  const std::size_t window = unsigned_of(view_.y.window * view_.x.window);
  return geometry_.in * (encrypts_right_ ? geometry_.images * cell_ : geometry_.out * window);
}

void ConvolutionLayout::encode_lhs(std::span<Word> coefficients, std::span<const Word> lhs,
                                   std::size_t images, std::size_t in) const {
  const Range batch = range_of(images, geometry_.images, view_.batch),
              features = range_of(in, geometry_.in, view_.in);
  for (std::int64_t i = 0; i < batch.count; ++i)
    for (std::int64_t c = 0; c < features.count; ++c) {
      Word* to =
          coefficients.data() + (unsigned_of(i) * geometry_.out * geometry_.in + unsigned_of(c)) * cell_;
      const Word* from = lhs.data() + (batch.first + i) * view_.lhs_batch_stride +
                         (features.first + c) * view_.lhs_feature_stride;
      for_elements(view_.y, [&](std::int64_t y, std::size_t to_y) {
        for_elements(view_.x, [&](std::int64_t x, std::size_t to_x) {
          to[to_y * width_ + to_x] = from[y * view_.y.lhs_stride + x * view_.x.lhs_stride];
        });
      });
    }
}

void ConvolutionLayout::encode_rhs(std::span<Word> coefficients, std::span<const Word> rhs, std::size_t in,
                                   std::size_t out) const {
  const Range features = range_of(in, geometry_.in, view_.in),
              outputs = range_of(out, geometry_.out, view_.out);
  for (std::int64_t o = 0; o < outputs.count; ++o)
    for (std::int64_t c = 0; c < features.count; ++c) {
      Word* to = coefficients.data() +
                 (unsigned_of(o) * geometry_.in + geometry_.in - 1 - unsigned_of(c)) * cell_ + last_;
      const Word* from = rhs.data() + view_.rhs_offset + (features.first + c) * view_.rhs_in_stride +
                         (outputs.first + o) * view_.rhs_out_stride;
      for (std::int64_t v = 0; v < view_.y.window; ++v)
        for (std::int64_t u = 0; u < view_.x.window; ++u)
          *(to - unsigned_of(v * view_.y.rhs_dilation) * width_ - unsigned_of(u * view_.x.rhs_dilation)) =
              from[v * view_.y.rhs_stride + u * view_.x.rhs_stride];
    }
}

void ConvolutionLayout::encode_operand(std::span<Word> coefficients, std::span<const Word> operand,
                                       std::size_t row, std::size_t inner) const {
  if (encrypts_right_) return encode_rhs(coefficients, operand, inner, row);
  encode_lhs(coefficients, operand, row, inner);
}

void ConvolutionLayout::encode_multiplier(std::span<Word> coefficients, std::span<const Word> multiplier,
                                          std::size_t inner, std::size_t column) const {
  if (encrypts_right_) return encode_lhs(coefficients, multiplier, column, inner);
  encode_rhs(coefficients, multiplier, inner, column);
}

// Rows count places in the result's own order with the feature's axis left out; put back, it is
// feature_stride places from the end.
std::vector<Layout::Place> ConvolutionLayout::places(std::size_t row, std::size_t column) const {
  const Range batch = range_of(encrypts_right_ ? column : row, geometry_.images, view_.batch),
              outputs = range_of(encrypts_right_ ? row : column, geometry_.out, view_.out);
  const std::size_t inside = unsigned_of(view_.feature_stride), features = view_.columns();
  std::vector<Place> found;
  for (std::int64_t i = 0; i < batch.count; ++i)
    for (std::int64_t o = 0; o < outputs.count; ++o) {
      const std::size_t block = unsigned_of(i) * geometry_.out + unsigned_of(o),
                        first = (block * geometry_.in + geometry_.in - 1) * cell_ + last_;
      for (std::int64_t y = 0; y < view_.y.output; ++y)
        for (std::int64_t x = 0; x < view_.x.output; ++x) {
          const auto place = unsigned_of((batch.first + i) * view_.batch_row_stride + y * view_.y.row_stride +
                                         x * view_.x.row_stride);
          const std::size_t feature = unsigned_of(outputs.first + o);
          found.push_back({static_cast<std::uint32_t>(first + unsigned_of(y * view_.y.stride) * width_ +
                                                      unsigned_of(x * view_.x.stride)),
                           (place / inside * features + feature) * inside + place % inside});
        }
    }
  return found;
}

}  // namespace sotto::protocols::he
