// The addressed pseudorandom generator: AES-128 in counter mode where the counter says what the output is
// for.
//
// Randomness is never streamed: every word is a function of (key, address), so parties that run ahead or
// behind, or in another order, still agree. The AES input block is, from the most significant bit,
//   step:32 | operation:16 | sub-operation:16 | chunk:16 | purpose:8 | shard:8 | block:32.
// One address must be used for one array only; debug builds check that no address is used twice under one
// key. AES-128 is used as a pseudorandom function; a session key encrypts far fewer than 2^40 blocks, so the
// PRP/PRF distinguishing advantage is below 2^-47. Constant time: AES instructions, or OpenSSL's where
// absent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace sotto::prg {

using Key = std::array<std::byte, 16>;

struct Address {
  std::uint32_t step = 0;           // position in the training or inference loop
  std::uint16_t operation = 0;      // operation of the plan
  std::uint16_t sub_operation = 0;  // protocol operation within it
  std::uint16_t chunk = 0;
  std::uint8_t purpose = 0;
  std::uint8_t shard = 0;
};

class Prg {
 public:
  explicit Prg(const Key& key);
  ~Prg();
  Prg(Prg&&) noexcept;
  Prg& operator=(Prg&&) noexcept;

  // Fills with the pseudorandom words of this address; at most 2^33 words (2^32 blocks).
  void fill(std::span<std::uint64_t> out, const Address& address) const;
  // out[i] += word i, and out[i] -= word i: masks applied without a temporary array. Same words as fill().
  void add(std::span<std::uint64_t> out, const Address& address) const;
  void subtract(std::span<std::uint64_t> out, const Address& address) const;
  // out[i] ^= word i.
  void exclusive_or(std::span<std::uint64_t> out, const Address& address) const;

 private:
  struct Schedule;
  std::unique_ptr<Schedule> schedule_;
};

// A key from the operating system's generator.
Key random_key();

}  // namespace sotto::prg
