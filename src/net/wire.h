// Little-endian integers on the wire.
#pragma once

#include <cstddef>
#include <span>

namespace sotto::net {

template <typename Integer>
void store(std::byte* into, Integer value) {
  for (std::size_t i = 0; i < sizeof(Integer); ++i) into[i] = static_cast<std::byte>(value >> (8 * i));
}

template <typename Integer>
Integer load(const std::byte* from) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = static_cast<Integer>(value | static_cast<Integer>(std::to_integer<Integer>(from[i]) << (8 * i)));
  }
  return value;
}

}  // namespace sotto::net
