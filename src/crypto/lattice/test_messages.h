// Message spaces and messages that the lattice tests try.
#pragma once

#include <random>
#include <vector>

#include "crypto/lattice/codec.h"

namespace sotto::lattice {

inline Word size_mask(const MessageSpace& space) { return ~Word{0} >> (64 - space.bits); }

// Random messages with the ends of the space among them.
inline std::vector<Word> messages_of(const MessageSpace& space, std::size_t count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<Word> messages(count);
  const Word last = space.modulus == 0 ? size_mask(space) : space.modulus - 1;
  const Word ends[] = {0, last, last / 2, last / 2 + 1, 1, last - 1};
  for (std::size_t i = 0; i < count; ++i) {
    const Word random = generator();
    messages[i] = i < std::size(ends)  ? ends[i]
                  : space.modulus == 0 ? random & size_mask(space)
                                       : random % space.modulus;
  }
  return messages;
}

}  // namespace sotto::lattice
