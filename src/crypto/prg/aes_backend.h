// The AES implementations behind the PRG: each turns (round keys, first counter block) into words.
//
// Private to prg; visible for the tests that compare them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "crypto/prg/prg.h"

namespace sotto::prg {

// Eleven round keys, as AES lays them out in memory.
struct RoundKeys {
  alignas(16) std::uint8_t bytes[11][16];
};

// FIPS-197 key expansion, without table lookups by key bytes.
RoundKeys expand_key(const Key& key);

// How the pseudorandom words meet the array.
enum class Combine { kStore, kAdd, kSubtract, kXor };

struct Backend {
  const char* name;
  // Word i of counter blocks `first`, `first` + 1, ... The 16 bytes of `first` are big-endian; its last four
  // count and must not overflow within n.
  void (*generate)(std::uint64_t* out, std::size_t n, const RoundKeys& keys, const std::uint8_t first[16],
                   Combine combine);
};

extern const Backend kOpenSslBackend;
#if defined(__x86_64__)
extern const Backend kAesNiBackend;
extern const Backend kVaesBackend;
#endif

// Those this processor can run, fastest first; never empty.
std::span<const Backend* const> available_backends();

}  // namespace sotto::prg
