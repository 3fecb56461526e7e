// What the two ways of computing a convolution share; private to base.
#pragma once

#include <algorithm>
#include <vector>

#include "base/aligned.h"
#include "base/ring_convolution.h"
#include "base/ring_table.h"

namespace sotto::ring {

// Columns that one tile takes.
struct Panel {
  std::size_t first, width;
};

// 50 columns are better cut into 24 + 16 + 10 than into 24 + 24 + 2.
inline std::vector<Panel> panels_of(std::size_t columns) {
  constexpr std::size_t kLanes = 8;
  const std::size_t widest = table().tile_columns;
  std::vector<Panel> panels;
  for (std::size_t first = 0; first < columns;) {
    const std::size_t left = columns - first, count = (left + widest - 1) / widest;
    const std::size_t even = (left + count - 1) / count;
    const std::size_t width = std::min({(even + kLanes - 1) / kLanes * kLanes, widest, left});
    panels.push_back({first, width});
    first += width;
  }
  return panels;
}

// Rows of rhs, gathered by their offsets; packed panel after panel where that pays.
class Factors {
 public:
  // Row k is rhs[offsets[k] + j * column_stride] over the columns j, for about `tiles` tiles to read.
  void gather(const Element* rhs, const std::vector<std::ptrdiff_t>& offsets, std::ptrdiff_t column_stride,
              const std::vector<Panel>& panels, std::size_t tiles);
  const Element* row(const Panel& panel, std::size_t k) const {
    if (in_place_ != nullptr) return in_place_ + static_cast<std::ptrdiff_t>(k) * row_stride_ + panel.first;
    return words_.data() + depth_ * panel.first + k * panel.width;
  }
  std::ptrdiff_t row_stride(const Panel& panel) const {
    return in_place_ != nullptr ? row_stride_ : static_cast<std::ptrdiff_t>(panel.width);
  }

 private:
  AlignedVector<Element> words_;
  std::size_t depth_ = 0;
  const Element* in_place_ = nullptr;
  std::ptrdiff_t row_stride_ = 0;
};

// Copies fewer words than are worth a call, mostly.
inline void copy_words(Element* to, const Element* from, std::size_t count) {
  switch (count) {
    case 1:
      return static_cast<void>(*to = *from);
    case 2:
      return static_cast<void>(std::copy_n(from, 2, to));
    case 3:
      return static_cast<void>(std::copy_n(from, 3, to));
    case 4:
      return static_cast<void>(std::copy_n(from, 4, to));
    case 5:
      return static_cast<void>(std::copy_n(from, 5, to));
    case 6:
      return static_cast<void>(std::copy_n(from, 6, to));
    case 7:
      return static_cast<void>(std::copy_n(from, 7, to));
    case 8:
      return static_cast<void>(std::copy_n(from, 8, to));
    default:
      return static_cast<void>(std::copy_n(from, count, to));
  }
}

// Windows are copied into tiles, from an lhs that is padded first where it must be: any geometry, best
// without padding or with few features.
void convolve_packed(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                     std::size_t first, std::size_t count, bool accumulate);
// Elements of the padded lhs that it would make for these rows; 0 when none is needed.
std::size_t padded_elements(const ConvolutionView& view, std::size_t first, std::size_t count);

// A tile is one place (y, x) of several images, whose windows meet the same taps: nothing is copied, and
// zeros of padding and dilation are never multiplied. out += the product. Any geometry, best with many
// features and images.
void convolve_strips(Element* out, const ConvolutionView& view, const Element* lhs, const Element* rhs,
                     std::size_t first, std::size_t count);

}  // namespace sotto::ring
