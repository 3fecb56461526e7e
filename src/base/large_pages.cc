#include "base/large_pages.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cstdlib>

#include "base/error.h"

namespace sotto {

constexpr std::size_t kPage = std::size_t{2} << 20;
// A tebibyte: whoever asks for more has reckoned wrongly.
constexpr std::size_t kMost = std::size_t{1} << 40;

void* take_large_pages(std::size_t bytes) noexcept {
  if (bytes > kMost) return nullptr;
  if (bytes < kPage) return std::aligned_alloc(64, (bytes + 63) / 64 * 64);
  const std::size_t whole = (bytes + kPage - 1) / kPage * kPage;
  void* memory = std::aligned_alloc(kPage, whole);
  // Where the system has none, small pages do.
  if (memory != nullptr) ::madvise(memory, whole, MADV_HUGEPAGE);
  return memory;
}

void GiveLargePages::operator()(void* memory) const noexcept { std::free(memory); }

void no_large_pages(std::size_t count) {
  throw Error(ErrorKind::kSystem, fmt::format("out of memory for an array of {} elements", count),
              "Use smaller batches, or a machine with more memory.");
}

}  // namespace sotto
