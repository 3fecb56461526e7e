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
constexpr std::size_t kMost = std::size_t{1}
                              << 62;  // there is no such memory, and rounding it up cannot overflow
constexpr std::size_t kClasses = 128;

std::size_t rounded_up(std::size_t bytes) { return (bytes + kLeast - 1) / kLeast * kLeast; }

// Sizes up to kLargestKept are 5 to 8 times a power of two, then rounded up: a class is that power and the
// factor.
struct SizeClass {
  explicit SizeClass(std::size_t bytes) {
    const std::size_t wanted = std::max(bytes, kLeast);
    const int power = std::bit_width(wanted - 1) - 3;  // of the last bit that counts
    const std::size_t factor = ((wanted - 1) >> power) + 1;
    size = rounded_up(factor << power);
    index = static_cast<std::size_t>(power) * 4 + (factor - 5);
  }
  std::size_t size, index;
};

// A buffer that is not in use holds the list's next.
struct Unused {
  Unused* next;
};

// Without a destructor: what else a thread destroys at its end may still free buffers.
struct Pool {
  std::array<Unused*, kClasses> lists;
  std::size_t kept;
};
constinit thread_local Pool pool{};

struct AtThreadsEnd {
  ~AtThreadsEnd() {
    for (Unused*& list : pool.lists)
      while (list != nullptr) std::free(std::exchange(list, list->next));
    pool.kept = kMostKept;  // what is freed later is not kept
  }
  void arrange() {}
};
thread_local AtThreadsEnd at_threads_end;

#ifdef SOTTO_SANITIZED
constexpr bool kKeeps = false;
#else
constexpr bool kKeeps = true;
#endif

}  // namespace

void* take_buffer(std::size_t bytes) noexcept {
  if (bytes > kMost) return nullptr;
  if (bytes > kLargestKept) return std::aligned_alloc(kLeast, rounded_up(bytes));
  const SizeClass wanted(bytes);
  Unused*& list = pool.lists[wanted.index];
  if (list == nullptr) return std::aligned_alloc(kLeast, wanted.size);
  pool.kept -= wanted.size;
  return std::exchange(list, list->next);
}

void give_buffer(void* buffer, std::size_t bytes) noexcept {
  if (!kKeeps || bytes > kLargestKept) return std::free(buffer);
  const SizeClass given(bytes);
  if (pool.kept + given.size > kMostKept) return std::free(buffer);
  at_threads_end.arrange();
  pool.lists[given.index] = ::new (buffer) Unused{pool.lists[given.index]};
  pool.kept += given.size;
}

}  // namespace sotto
