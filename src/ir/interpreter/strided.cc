#include "ir/interpreter/strided.h"

#include <algorithm>

namespace sotto::ir {
namespace {

template <typename T>
void copy_row(const T* from, std::int64_t from_step, T* to, std::int64_t to_step, std::int64_t count) {
  if (from_step == 1 && to_step == 1) {
    std::copy_n(from, count, to);
  } else if (from_step == 0 && to_step == 1) {
    std::fill_n(to, count, *from);
  } else {
    for (std::int64_t i = 0; i < count; ++i) to[i * to_step] = from[i * from_step];
  }
}

// Rows along the last extent; the outer indices step like an odometer that keeps both places up to date.
template <typename T>
void copy_typed(const T* from, const Strides& from_at, T* to, const Strides& to_at, const Shape& extents) {
  const std::size_t outer = extents.empty() ? 0 : extents.size() - 1;
  const std::int64_t row = extents.empty() ? 1 : extents.back();
  const std::int64_t from_step = extents.empty() ? 0 : from_at.steps.back();
  const std::int64_t to_step = extents.empty() ? 0 : to_at.steps.back();
  std::int64_t source = from_at.offset, target = to_at.offset;
  Shape index(outer, 0);
  while (true) {
    copy_row(from + source, from_step, to + target, to_step, row);
    std::size_t d = outer;
    while (d > 0) {
      --d;
      source += from_at.steps[d];
      target += to_at.steps[d];
      if (++index[d] < extents[d]) break;
      source -= index[d] * from_at.steps[d];
      target -= index[d] * to_at.steps[d];
      index[d] = 0;
      if (d == 0) return;
    }
    if (outer == 0) return;
  }
}

}  // namespace

Strides row_major(const Shape& shape) {
  Strides strides{.offset = 0, .steps = std::vector<std::int64_t>(shape.size())};
  std::int64_t step = 1;
  for (std::size_t d = shape.size(); d-- > 0;) {
    strides.steps[d] = step;
    step *= shape[d];
  }
  return strides;
}

void copy_elements(const Array& from, const Strides& from_at, Array& to, const Strides& to_at,
                   const Shape& extents) {
  if (std::ranges::find(extents, 0) != extents.end()) return;
  std::visit(
      [&](const auto& source) {
        using Vector = std::decay_t<decltype(source)>;
        copy_typed(source.data(), from_at, std::get<Vector>(to.values()).data(), to_at, extents);
      },
      from.values());
}

Array view(const Array& from, const Strides& from_at, Shape shape) {
  Array result(from.type(), std::move(shape));
  copy_elements(from, from_at, result, row_major(result.shape()), result.shape());
  return result;
}

Array permuted(const Array& from, const std::vector<std::int64_t>& permutation) {
  Strides own = row_major(from.shape()), moved;
  Shape shape;
  for (std::int64_t dimension : permutation) {
    shape.push_back(from.shape()[dimension]);
    moved.steps.push_back(own.steps[dimension]);
  }
  return view(from, moved, std::move(shape));
}

bool next_index(Shape& index, const Shape& extents) {
  for (std::size_t d = extents.size(); d-- > 0;) {
    if (++index[d] < extents[d]) return true;
    index[d] = 0;
  }
  return false;
}

}  // namespace sotto::ir
