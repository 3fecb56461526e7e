// Tensor: a shared, cache-aligned buffer seen through shape and strides, with NumPy's conventions.
//
// Copying a Tensor copies the view, not the elements: both then see the same memory, as in NumPy; clone()
// copies. reshape, transpose, slice and broadcast_to are views (reshape copies when the tensor is not dense).
// Shapes that do not fit throw ErrorKind::kData naming them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/aligned.h"
#include "base/error.h"
#include "base/layout.h"

namespace sotto {

template <class T>
class Tensor {
  static_assert(std::is_trivially_copyable_v<T> && !std::is_same_v<T, bool>);

 public:
  using value_type = T;

  // No elements: shape (0,).
  Tensor() : Tensor(Shape{0}) {}
  // Zeros.
  explicit Tensor(Shape shape) : Tensor(std::move(shape), T{}) {}
  Tensor(Shape shape, T value) : Tensor(uninitialized(std::move(shape))) {
    std::fill_n(data(), static_cast<std::size_t>(size()), value);
  }
  // The values in row-major order.
  Tensor(Shape shape, std::span<const T> values) : Tensor(uninitialized(std::move(shape))) { assign(values); }
  Tensor(Shape shape, std::initializer_list<T> values)
      : Tensor(std::move(shape), std::span<const T>(values.begin(), values.size())) {}

  // For outputs that are about to be written whole.
  static Tensor uninitialized(Shape shape) {
    const auto count = static_cast<std::size_t>(element_count(shape));
    std::shared_ptr<T[]> buffer(AlignedAllocator<T>().allocate(count),
                                [count](T* data) { AlignedAllocator<T>().deallocate(data, count); });
    return Tensor(std::move(buffer), Layout::dense(std::move(shape)));
  }

  const Shape& shape() const { return layout_.shape; }
  // In elements; 0 along broadcast axes.
  const std::vector<std::int64_t>& strides() const { return layout_.strides; }
  std::int64_t rank() const { return static_cast<std::int64_t>(shape().size()); }
  std::int64_t size() const { return element_count(shape()); }
  bool is_dense() const { return layout_.is_dense(); }

  // The first element.
  T* data() { return buffer_.get() + layout_.offset; }
  const T* data() const { return buffer_.get() + layout_.offset; }
  // All elements in row-major order; only of dense tensors.
  std::span<T> span() {
    SOTTO_ASSERT(is_dense(), "a span of a tensor that is not dense; call contiguous() first");
    return {data(), static_cast<std::size_t>(size())};
  }
  std::span<const T> span() const { return const_cast<Tensor*>(this)->span(); }

  // One element; throws when the index is outside.
  T& at(const std::vector<std::int64_t>& index) { return buffer_.get()[offset_of(index)]; }
  const T& at(const std::vector<std::int64_t>& index) const { return buffer_.get()[offset_of(index)]; }

  // One extent may be -1. A view of dense tensors, otherwise a copy.
  Tensor reshape(const Shape& shape) const {
    const Tensor dense = contiguous();
    return dense.view(reshaped(dense.layout_, shape));
  }
  Tensor transpose(const std::vector<std::int64_t>& permutation) const {
    return view(transposed(layout_, permutation));
  }
  // All axes in reverse order.
  Tensor transpose() const {
    std::vector<std::int64_t> reversed(shape().size());
    for (std::size_t i = 0; i < reversed.size(); ++i) reversed[i] = rank() - 1 - static_cast<std::int64_t>(i);
    return transpose(reversed);
  }
  // As Python's [begin:end:step] along one axis.
  Tensor slice(std::int64_t axis, std::int64_t begin, std::int64_t end, std::int64_t step = 1) const {
    return view(sliced(layout_, axis, begin, end, step));
  }
  // Read-only by convention: many indices share one element.
  Tensor broadcast_to(const Shape& shape) const { return view(broadcast(layout_, shape)); }

  // This tensor when it is dense, otherwise a dense copy.
  Tensor contiguous() const { return is_dense() ? *this : clone(); }
  Tensor clone() const {
    Tensor copy = uninitialized(shape());
    copy_to(copy.span());
    return copy;
  }

  // The elements in row-major order, out and in; sizes must agree.
  void copy_to(std::span<T> out) const {
    check_size(out.size());
    T* to = out.data();
    for_each_run(layout_, [&](std::int64_t offset, std::int64_t count, std::int64_t stride) {
      const T* from = buffer_.get() + offset;
      if (stride == 1) {
        to = std::copy_n(from, count, to);
      } else {
        for (std::int64_t i = 0; i < count; ++i) *to++ = from[i * stride];
      }
    });
  }
  void assign(std::span<const T> values) {
    check_size(values.size());
    const T* from = values.data();
    for_each_run(layout_, [&](std::int64_t offset, std::int64_t count, std::int64_t stride) {
      T* to = buffer_.get() + offset;
      for (std::int64_t i = 0; i < count; ++i) to[i * stride] = *from++;
    });
  }

 private:
  Tensor(std::shared_ptr<T[]> buffer, Layout layout)
      : buffer_(std::move(buffer)), layout_(std::move(layout)) {}

  Tensor view(Layout layout) const { return Tensor(buffer_, std::move(layout)); }

  void check_size(std::size_t count) const {
    if (count != static_cast<std::size_t>(size())) {
      throw Error(ErrorKind::kData, "a tensor of shape " + to_string(shape()) + " has " +
                                        std::to_string(size()) + " elements, not " + std::to_string(count));
    }
  }

  std::int64_t offset_of(const std::vector<std::int64_t>& index) const {
    bool inside = index.size() == shape().size();
    std::int64_t offset = layout_.offset;
    for (std::size_t axis = 0; inside && axis < index.size(); ++axis) {
      inside = index[axis] >= 0 && index[axis] < shape()[axis];
      offset += index[axis] * strides()[axis];
    }
    if (!inside) {
      throw Error(ErrorKind::kData,
                  "a tensor of shape " + to_string(shape()) + " has no element " + to_string(index));
    }
    return offset;
  }

  std::shared_ptr<T[]> buffer_;
  Layout layout_;
};

}  // namespace sotto
