#include "base/buffer_pool.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <new>
#include <utility>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SOTTO_SANITIZED 1
#endif
#endif

namespace sotto {

namespace {

constexpr std::size_t kLeast = 64, kLargestKept = std::size_t{8} << 20, kMostKept = std::size_t{64} << 20;
constexpr std::size_t kClasses = 128;

// Sizes are 4 to 7 times a power of two: a class is that power and the factor.
struct SizeClass {
  explicit SizeClass(std::size_t bytes) {
    const std::size_t wanted = std::max(bytes, kLeast);
    const int power = std::bit_width(wanted - 1) - 3;  // of the last bit that counts
    const std::size_t factor = ((wanted - 1) >> power) + 1;
    size = factor << power;
    index = static_cast<std::size_t>(power) * 4 + (factor - 4);
  }
  std::size_t size, index;
};

// A buffer that is not in use holds the list's next.
struct Unused {
  Unused* next;
};

struct Pool {
  std::array<Unused*, kClasses> lists{};
  std::size_t kept = 0;

  ~Pool() {
    for (Unused*& list : lists)
      while (list != nullptr) std::free(std::exchange(list, list->next));
    kept = kMostKept;  // what is freed later is not kept
  }
};

thread_local Pool pool;

#ifdef SOTTO_SANITIZED
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

}  // namespace

void* take_buffer(std::size_t bytes) noexcept {
  const SizeClass wanted(bytes);
  if (kKeeps && wanted.size <= kLargestKept && pool.lists[wanted.index] != nullptr) {
    Unused* const buffer = pool.lists[wanted.index];
    pool.lists[wanted.index] = buffer->next;
    pool.kept -= wanted.size;
    return buffer;
  }
  return std::aligned_alloc(kLeast, (wanted.size + kLeast - 1) / kLeast * kLeast);
}

void give_buffer(void* buffer, std::size_t bytes) noexcept {
  const SizeClass given(bytes);
  if (!kKeeps || given.size > kLargestKept || pool.kept + given.size > kMostKept) return std::free(buffer);
  pool.lists[given.index] = ::new (buffer) Unused{pool.lists[given.index]};
  pool.kept += given.size;
}

}  // namespace sotto
