// An operation on many elements, slice after slice: transfers take 16 bytes of memory each, and an element
// may need a hundred.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "protocols/share.h"

namespace sotto::protocols::duo {

// Multiples of 64, so that slices of planes have whole words. Where an element needs few blocks, a slice has
// more elements: each takes its rounds.
inline constexpr std::size_t kSliceElements = std::size_t{1} << 16, kLongSlice = std::size_t{1} << 20;

struct Slice {
  std::size_t begin, count;
  // Its part of an array of elements, and of a plane.
  Words of(const Words& elements) const { return elements.slice(begin, count); }
  Words of_plane(const Words& plane) const { return plane.slice(begin / 64, (count + 63) / 64); }
};

inline std::vector<Slice> slices_of(std::size_t count, std::size_t most = kSliceElements) {
  std::vector<Slice> slices;
  for (std::size_t begin = 0; begin < count; begin += most)
    slices.push_back({begin, std::min(most, count - begin)});
  return slices;
}

// Where one slice's result goes.
inline void store(const Words& to, std::size_t at, const Words& from) {
  std::ranges::copy(from.span(), to.mutable_span().begin() + static_cast<std::ptrdiff_t>(at));
}

}  // namespace sotto::protocols::duo
