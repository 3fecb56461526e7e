// Distributed comparison functions: secret shares of f(x) = [x > alpha], short enough to be dealt.
//
// A dealer who knows alpha makes two keys; a holder of one key evaluates it at any x and gets an XOR share of
// f(x). One key alone says nothing about alpha. Keys are a root seed, which is private to its holder, and
// corrections, one per bit, which both hold. Boyle, Gilboa, Ishai, Kumar, Rathee, Chandran, Gupta, Rastogi:
// Function Secret Sharing for Mixed-Mode and Fixed-Point Secure Computation, Eurocrypt 2021, figure 1, for
// the output group Z_2 and [x > alpha].
//
// Seeds have 126 bits (two bits of each block are the control and the output bit). They are expanded by
// pi(sigma(s) ^ tweak) ^ sigma(s), pi being AES-128 under a fixed public key, sigma linear orthomorphism, the
// tweak naming level and side: correlation-robust in the ideal-cipher model (Guo et al., S&P 2020).
//
// Many instances are handled side by side, level by level. Nothing branches on or indexes by alpha, x or
// seeds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sotto::dpf {

struct Block {
  std::uint64_t low, high;
};

// Words of corrections for `count` instances on inputs of `bits` bits, 1 <= bits <= 63:
// 16 bytes and 3 bits for each instance and level, and a final bit.
std::size_t correction_words(std::size_t count, int bits);

// The dealer's part. alpha[i] < 2^bits (higher bits are ignored). seeds0, seeds1: uniformly random.
void generate(std::span<const std::uint64_t> alpha, int bits, std::span<const Block> seeds0,
              std::span<const Block> seeds1, std::span<std::uint64_t> corrections);

// A holder's part, holder 0 with seeds0 or 1 with seeds1: plane bit i is a share of [x[i] > alpha[i]].
void evaluate(int holder, std::span<const std::uint64_t> x, int bits, std::span<const Block> seeds,
              std::span<const std::uint64_t> corrections, std::span<std::uint64_t> plane);

}  // namespace sotto::dpf
