// An entry of a table at a secret index: every entry is read, whatever the index.
//
// Masks alone do not ensure that: knowing that a mask is all ones or zero, a compiler may jump around the
// reads of entries whose mask is zero (clang 19 does, by unswitching the loop). So the masks are computed
// first and then taken out of its sight.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sotto::protocols::rep3 {

inline constexpr std::size_t kMostScanned = 256;

// selected[t] = table[index * terms + t], or 0 if there is no such entry; at most kMostScanned entries.
void scan(std::uint64_t* selected, const std::uint64_t* table, std::uint64_t index, std::size_t entries,
          std::size_t terms);

}  // namespace sotto::protocols::rep3
