// FIPS-197 key expansion in constant time: the S-box is computed, not looked up.
#include <bit>
#include <cstring>

#include "crypto/prg/aes_backend.h"

namespace sotto::prg {
namespace {

// Multiplication in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, without branches on the operands.
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  std::uint8_t product = 0;
  for (int bit = 0; bit < 8; ++bit) {
    product ^= static_cast<std::uint8_t>(-((b >> bit) & 1) & a);
    a = static_cast<std::uint8_t>((a << 1) ^ (-(a >> 7) & 0x1B));
  }
  return product;
}

// The inverse, x^254 (0 for 0), then the affine map.
std::uint8_t substitute(std::uint8_t x) {
  std::uint8_t power = x;
  for (int i = 0; i < 6; ++i) power = multiply(multiply(power, power), x);
  const std::uint8_t inverse = multiply(power, power);
  return inverse ^ std::rotl(inverse, 1) ^ std::rotl(inverse, 2) ^ std::rotl(inverse, 3) ^
         std::rotl(inverse, 4) ^ 0x63;
}

}  // namespace

RoundKeys expand_key(const Key& key) {
  RoundKeys keys;
  std::memcpy(keys.bytes[0], key.data(), 16);
  std::uint8_t round_constant = 1;
  for (int round = 1; round <= 10; ++round) {
    const std::uint8_t* previous = keys.bytes[round - 1];
    std::uint8_t* current = keys.bytes[round];
    for (int i = 0; i < 4; ++i) current[i] = previous[i] ^ substitute(previous[12 + (i + 1) % 4]);
    current[0] ^= round_constant;
    for (int i = 4; i < 16; ++i) current[i] = previous[i] ^ current[i - 4];
    round_constant = multiply(round_constant, 2);
  }
  return keys;
}

}  // namespace sotto::prg
