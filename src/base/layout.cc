#include "base/layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.h"

namespace sotto {
namespace {

template <class... Args>
[[noreturn]] void refuse(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorKind::kData, fmt::format(format, std::forward<Args>(args)...));
}

std::size_t checked_axis(const Layout& layout, std::int64_t axis) {
  const auto rank = static_cast<std::int64_t>(layout.shape.size());
  if (axis < -rank || axis >= rank)
    refuse("a tensor of shape {} has no axis {}", to_string(layout.shape), axis);
  return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
}

}  // namespace

Layout Layout::dense(Shape shape) {
  auto strides = dense_strides(shape);
  return {std::move(shape), std::move(strides), 0};
}

bool Layout::is_dense() const {
  std::int64_t expected = 1;
  bool dense = true;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    if (shape[axis] == 0) return true;
    if (shape[axis] != 1 && strides[axis] != expected) dense = false;
    expected *= shape[axis];
  }
  return dense;
}

Shape resolve_shape(const Shape& from, const Shape& requested) {
  const auto unknown = std::ranges::find(requested, -1);
  Shape shape = requested;
  if (unknown != requested.end()) {
    std::int64_t& extent = shape[static_cast<std::size_t>(unknown - requested.begin())];
    extent = 1;
    const std::int64_t known = element_count(shape);
    extent = known == 0 ? 0 : element_count(from) / known;
  }
  if (element_count(shape) != element_count(from)) {
    refuse("a tensor of shape {} cannot be reshaped to {}", to_string(from), to_string(requested));
  }
  return shape;
}

Layout reshaped(const Layout& layout, const Shape& shape) {
  SOTTO_ASSERT(layout.is_dense(), "only a dense layout can be reshaped in place");
  Layout result = Layout::dense(resolve_shape(layout.shape, shape));
  result.offset = layout.offset;
  return result;
}

Layout transposed(const Layout& layout, const std::vector<std::int64_t>& permutation) {
  const std::size_t rank = layout.shape.size();
  std::vector<bool> seen(rank, false);
  Layout result{Shape(rank), std::vector<std::int64_t>(rank), layout.offset};
  bool valid = permutation.size() == rank;
  for (std::size_t i = 0; valid && i < rank; ++i) {
    const std::size_t axis = static_cast<std::size_t>(permutation[i]);
    valid = permutation[i] >= 0 && axis < rank && !seen[axis];
    if (!valid) break;
    seen[axis] = true;
    result.shape[i] = layout.shape[axis];
    result.strides[i] = layout.strides[axis];
  }
  if (!valid)
    refuse("{} is not a permutation of the axes of {}", to_string(permutation), to_string(layout.shape));
  return result;
}

Layout sliced(const Layout& layout, std::int64_t axis, std::int64_t begin, std::int64_t end,
              std::int64_t step) {
  if (step < 1)
    refuse("a slice of shape {} has step {}; it must be at least 1", to_string(layout.shape), step);
  const std::size_t which = checked_axis(layout, axis);
  const std::int64_t extent = layout.shape[which];
  const auto position = [extent](std::int64_t p) {
    return std::clamp<std::int64_t>(p < 0 ? p + extent : p, 0, extent);
  };
  const std::int64_t first = position(begin), last = std::max(first, position(end));
  Layout result = layout;
  // Written so that a huge step cannot overflow.
  result.shape[which] = last == first ? 0 : (last - first - 1) / step + 1;
  if (result.shape[which] > 0) result.offset += first * layout.strides[which];
  if (result.shape[which] > 1) result.strides[which] *= step;
  return result;
}

Layout broadcast(const Layout& layout, const Shape& shape) {
  element_count(shape);
  const bool fits = shape.size() >= layout.shape.size();
  Layout result{shape, std::vector<std::int64_t>(shape.size(), 0), layout.offset};
  const std::size_t leading = fits ? shape.size() - layout.shape.size() : 0;
  bool valid = fits;
  for (std::size_t axis = 0; valid && axis < layout.shape.size(); ++axis) {
    const std::int64_t extent = layout.shape[axis];
    if (extent == shape[leading + axis]) {
      result.strides[leading + axis] = layout.strides[axis];
    } else {
      valid = extent == 1;
    }
  }
  if (!valid)
    refuse("a tensor of shape {} cannot be broadcast to {}", to_string(layout.shape), to_string(shape));
  return result;
}

Shape broadcast_shape(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (std::size_t back = 1; back <= result.size(); ++back) {
    const std::int64_t x = back <= a.size() ? a[a.size() - back] : 1;
    const std::int64_t y = back <= b.size() ? b[b.size() - back] : 1;
    if (x != y && x != 1 && y != 1) {
      refuse("the shapes {} and {} cannot be broadcast together", to_string(a), to_string(b));
    }
    result[result.size() - back] = x == 1 ? y : x;
  }
  return result;
}

}  // namespace sotto
