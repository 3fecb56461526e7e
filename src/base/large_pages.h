// Arrays that are read all over, or are used once and are large: on pages of 2 MiB where the system has them,
// so that neither finding nor first touching their memory costs time. Not initialised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <type_traits>

namespace sotto {

// Null: out of memory. To be freed with std::free.
void* take_large_pages(std::size_t bytes) noexcept;

struct GiveLargePages {
  void operator()(void* memory) const noexcept;
};

template <class T>
class LargeArray {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  LargeArray() = default;
  // Throws ErrorKind::kSystem when there is no such memory.
  explicit LargeArray(std::size_t count);
  std::span<T> span() const { return {static_cast<T*>(memory_.get()), memory_ ? count_ : 0}; }

 private:
  std::unique_ptr<void, GiveLargePages> memory_;
  std::size_t count_ = 0;
};

// Throws for LargeArray.
[[noreturn]] void no_large_pages(std::size_t count);

template <class T>
LargeArray<T>::LargeArray(std::size_t count)
    : memory_(count <= SIZE_MAX / sizeof(T) ? take_large_pages(count * sizeof(T)) : nullptr), count_(count) {
  if (memory_ == nullptr && count > 0) no_large_pages(count);
}

}  // namespace sotto
