// The implementations behind bits.h; private to base, visible for the tests that compare them.
//
// Arguments as in bits.h, already checked; n counts values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sotto::bits {

struct Table {
  using Word = std::uint64_t;
  const char* name;
  void (*to_planes)(Word* planes, const Word* values, std::size_t n, int low, int count);
  void (*expand)(Word* out, const Word* plane, std::size_t n);
  void (*expand_mask)(Word* out, const Word* plane, std::size_t n);
  void (*collect)(Word* plane, const Word* values, std::size_t n);
  void (*pack)(std::byte* out, const Word* values, std::size_t n, int width);
  void (*unpack)(Word* out, const std::byte* packed, std::size_t n, int width);
};

extern const Table kPortableTable;
#if defined(__x86_64__)
extern const Table kAvx512Table;
#endif

// Those this processor can run.
std::span<const Table* const> available_tables();

}  // namespace sotto::bits
