// The loop behind for_each_run(): an odometer over the outer axes.
#pragma once

#include <cstddef>

#include "base/layout.h"

namespace sotto {

template <class Run>
void for_each_run(const Layout& layout, Run&& run) {
  if (element_count(layout.shape) == 0) return;
  // Axes that continue their inner neighbour's run are merged into it.
  std::size_t outer = layout.shape.size();
  std::int64_t count = 1, stride = 1;
  while (outer > 0) {
    const std::int64_t extent = layout.shape[outer - 1], axis_stride = layout.strides[outer - 1];
    if (extent != 1) {
      if (count != 1 && axis_stride != stride * count) break;
      if (count == 1) stride = axis_stride;
      count *= extent;
    }
    --outer;
  }
  std::vector<std::int64_t> index(outer, 0);
  std::int64_t offset = layout.offset;
  while (true) {
    run(offset, count, stride);
    std::size_t axis = outer;
    while (axis > 0 && ++index[axis - 1] == layout.shape[axis - 1]) {
      offset -= (layout.shape[axis - 1] - 1) * layout.strides[axis - 1];
      index[--axis] = 0;
    }
    if (axis == 0) return;
    offset += layout.strides[axis - 1];
  }
}

}  // namespace sotto
