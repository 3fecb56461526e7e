// SHA-256 for digests that must resist an adversary, and a fast 64-bit hash for tags that only detect
// mistakes.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sotto {

using Digest = std::array<std::byte, 32>;

// SHA-256 in one call.
Digest sha256(std::span<const std::byte> bytes);
Digest sha256(std::string_view text);
// Lower-case hexadecimal.
std::string to_hex(std::span<const std::byte> bytes);

// SHA-256 of bytes that come in pieces. Throws ErrorKind::kSystem if OpenSSL refuses.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  // The digest of everything so far; update() may go on afterwards.
  Digest digest() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// A running hash of 64-bit tags, in order. Not cryptographic: two parties that lost step differ but for
// 2^-64, an adversary can make collisions.
class TagHash {
 public:
  void add(std::uint64_t tag) {
    // A multiply-rotate chain; odd multipliers keep every step a bijection of the state.
    state_ = std::rotl(state_ ^ (tag * 0x9E3779B97F4A7C15), 29) * 0xD6E8FEB86659FD93 + 0x2545F4914F6CDD1D;
  }
  void add(std::string_view text) {
    add(text.size());
    for (const char letter : text) add(static_cast<std::uint8_t>(letter));
  }
  // The bits of the state, mixed so that every tag reaches all of them.
  std::uint64_t value() const {
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 32)) * 0xD6E8FEB86659FD93;
    mixed = (mixed ^ (mixed >> 29)) * 0x9E3779B97F4A7C15;
    return mixed ^ (mixed >> 32);
  }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace sotto
