// Sliding windows: the one form behind the attributes of convolution, reduce_window and select_and_scatter.
#pragma once

#include <cstdint>

#include "llvm/ADT/SmallVector.h"

namespace sotto::ir::stablehlo {

// One dimension of a window. Its places lie `stride` apart on the operand, whose elements are first moved
// `base_dilation` apart and then padded (by a negative amount: cropped); the window's own elements lie
// `dilation` apart, and a reversed window meets them in the opposite order.
struct WindowDimension {
  std::int64_t size = 1, stride = 1, low = 0, high = 0, base_dilation = 1, dilation = 1;
  bool reversed = false;

  // What `count` elements that lie `apart` take up.
  static std::int64_t spread(std::int64_t count, std::int64_t apart) {
    return count == 0 ? 0 : (count - 1) * apart + 1;
  }
  std::int64_t span() const { return spread(size, dilation); }
  // Of an operand of that extent, spread and padded.
  std::int64_t padded(std::int64_t extent) const { return spread(extent, base_dilation) + low + high; }
  // How many places the window has there.
  std::int64_t places(std::int64_t extent) const {
    const std::int64_t room = padded(extent) - span();
    return room < 0 ? 0 : room / stride + 1;
  }
};

// One entry for each dimension; of a convolution, for each spatial dimension.
using Window = llvm::SmallVector<WindowDimension>;

}  // namespace sotto::ir::stablehlo
