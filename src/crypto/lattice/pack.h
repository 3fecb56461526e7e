// Many results in few ciphertexts: interleaving by automorphisms.
//
// n = 2^l ciphertexts, of which only the coefficients at multiples of n matter, become one: its coefficient j
// n
// + i is coefficient j n of ciphertext i. Step by step, (E + X^h O) + sigma(E - X^h O) with h = n/2, n/4,
// ..., 1 and sigma: X -> X^(1 + N/h), which fixes powers of X^(2h) and negates odd powers of X^h: what
// matters of both doubles, and what would stand in its place cancels (Chen, Dai, Kim and Song 2021, with
// gaps). Ciphertexts are multiplied by 1/n modulo Q before: phases are numbers modulo Q, and come out as they
// went in. n - 1 automorphisms with l keys; noise: that of the results, and of switching, doubled at every
// later step.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "crypto/lattice/galois.h"

namespace sotto::lattice {

// The automorphisms that packing `count` ciphertexts needs, in the order in which pack() takes their keys.
// Those for fewer are the last of them.
std::vector<std::uint32_t> packing_elements(std::size_t degree, std::size_t count);

// Packs ciphertexts as they come, so that no more than l wait at a time. The u-th goes to place `place(u)`,
// u's l bits reversed: neighbours meet first. Fewer than n may come; each place left empty is zero, and
// whole empty subtrees cost nothing.
class Packer {
 public:
  // count: n. keys: for packing_elements(count). All ciphertexts are values over `primes` primes.
  Packer(const Context& context, std::span<const GaloisKey* const> keys, std::size_t count,
         std::size_t primes);

  void push(Ciphertext ciphertext);
  // At least one was pushed. The packer is empty again then.
  Ciphertext finish();

  static std::size_t place(std::size_t index, std::size_t count);

 private:
  // (even + X^h odd) + sigma(even - X^h odd) with h of this level; no odd means zero.
  Ciphertext merge(std::size_t level, Ciphertext even, std::optional<Ciphertext> odd) const;

  const Context* context_;
  std::span<const GaloisKey* const> keys_;
  std::size_t count_, primes_, pushed_ = 0;
  std::vector<Polynomial> shifts_;                  // of level: X^h, values in Montgomery form
  std::vector<std::optional<Ciphertext>> waiting_;  // of level: one whose neighbour is to come
  Noise noise_;
};

// The noise of `count` ciphertexts, packed.
Noise packed_noise(const Context& context, const Noise& noise, std::size_t primes, std::size_t count);

// ciphertexts: a power of two of them, at most N, of one level, in values. keys: for packing_elements().
Ciphertext pack(const Context& context, std::span<const GaloisKey* const> keys,
                std::vector<Ciphertext> ciphertexts);

}  // namespace sotto::lattice
