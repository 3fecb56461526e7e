// Against what a compiler makes of masks: where it sees that a mask is all ones or zero, it may jump around
// what the mask would drop, or around a read, and so branch on the bit the mask came from (clang 19 does
// both).
#pragma once

#include <cstdint>

namespace sotto {

// The same word, of which the compiler knows nothing.
inline std::uint64_t opaque(std::uint64_t word) {
  asm("" : "+r"(word));
  return word;
}

}  // namespace sotto
