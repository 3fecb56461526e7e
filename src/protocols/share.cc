#include "protocols/share.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/buffer_pool.h"
#include "base/error.h"

namespace sotto::protocols {

Words Words::allocate(std::size_t count) {
  Words words;
  words.count_ = count;
  constexpr std::size_t kMost = ~std::size_t{0} / sizeof(std::uint64_t);
  const std::size_t bytes =
      std::min(count, kMost) * sizeof(std::uint64_t);  // too many: there is no such memory
  auto* memory = static_cast<std::uint64_t*>(take_buffer(bytes));
  if (memory == nullptr)
    throw Error(
        ErrorKind::kSystem, fmt::format("out of memory for a share of {} words", count),
        "Use smaller batches, or a machine with more memory; `sotto cost` shows the need beforehand.");
  words.data_ =
      std::shared_ptr<std::uint64_t[]>(memory, [bytes](std::uint64_t* p) { give_buffer(p, bytes); });
  return words;
}

Words Words::shape_only(std::size_t count) {
  Words words;
  words.count_ = count;
  return words;
}

Words Words::zeros(std::size_t count) {
  Words words;
  words.count_ = count;
  words.zero_ = true;
  return words;
}

Words Words::copy_of(std::span<const std::uint64_t> values) {
  Words words = allocate(values.size());
  std::copy(values.begin(), values.end(), words.mutable_span().begin());
  return words;
}

Words Words::slice(std::size_t offset, std::size_t count) const {
  SOTTO_ASSERT(offset <= count_ && count <= count_ - offset, "a slice lies within its words");
  Words view = *this;
  view.count_ = count;
  if (data_) view.data_ = std::shared_ptr<std::uint64_t[]>(data_, data_.get() + offset);
  return view;
}

Words Words::materialised() const {
  if (!zero_) return *this;
  Words words = allocate(count_);
  std::memset(words.mutable_span().data(), 0, count_ * sizeof(std::uint64_t));
  return words;
}

Share Share::reshaped(Shape new_shape) const {
  SOTTO_ASSERT(element_count(new_shape) == element_count(shape), "a reshape keeps the number of elements");
  Share result = *this;
  result.shape = std::move(new_shape);
  return result;
}

}  // namespace sotto::protocols
