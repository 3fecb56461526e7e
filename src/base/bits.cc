#include "base/bits.h"

#include <algorithm>

#include "base/bits_table.h"
#include "base/cpu.h"
#include "base/error.h"

namespace sotto::bits {
namespace {

const Table& best() {
#if defined(__x86_64__)
  if (cpu().avx512_vbmi) return kAvx512Table;
#endif
  return kPortableTable;
}

const Table& table() {
  static const Table& chosen = best();
  return chosen;
}

void check_plane(std::size_t words, std::size_t values) {
  SOTTO_ASSERT(words == words_for(values), "a plane has one bit per value");
}

void check_packed(std::size_t bytes, std::size_t values, int width) {
  SOTTO_ASSERT(width >= 1 && width <= 64, "packed numbers have 1 to 64 bits");
  SOTTO_ASSERT(bytes == bytes_for(values * static_cast<std::size_t>(width)),
               "a packed array has width bits per value");
}

}  // namespace

void to_planes(std::span<Word> planes, std::span<const std::uint64_t> values, int low, int count) {
  SOTTO_ASSERT(low >= 0 && count >= 0 && low + count <= 64, "planes are taken from bits 0 to 63");
  SOTTO_ASSERT(planes.size() == words_for(values.size()) * static_cast<std::size_t>(count),
               "planes have one bit per value each");
  table().to_planes(planes.data(), values.data(), values.size(), low, count);
}

void expand(std::span<std::uint64_t> out, std::span<const Word> plane) {
  check_plane(plane.size(), out.size());
  table().expand(out.data(), plane.data(), out.size());
}

void expand_mask(std::span<std::uint64_t> out, std::span<const Word> plane) {
  check_plane(plane.size(), out.size());
  table().expand_mask(out.data(), plane.data(), out.size());
}

void collect(std::span<Word> plane, std::span<const std::uint64_t> values) {
  check_plane(plane.size(), values.size());
  table().collect(plane.data(), values.data(), values.size());
}

void pack(std::span<std::byte> out, std::span<const std::uint64_t> values, int width) {
  check_packed(out.size(), values.size(), width);
  table().pack(out.data(), values.data(), values.size(), width);
}

void unpack(std::span<std::uint64_t> out, std::span<const std::byte> packed, int width) {
  check_packed(packed.size(), out.size(), width);
  table().unpack(out.data(), packed.data(), out.size(), width);
}

std::span<const Table* const> available_tables() {
#if defined(__x86_64__)
  static const Table* const all[] = {&kPortableTable, &kAvx512Table};
  return {all, cpu().avx512_vbmi ? std::size_t{2} : std::size_t{1}};
#else
  static const Table* const all[] = {&kPortableTable};
  return all;
#endif
}

}  // namespace sotto::bits
