// Randomness of lattice encryption: public masks out of a seed, and secret noise.
//
// Masks: the uniform half of a seeded ciphertext is AES-128 in counter mode under a public 128-bit key that
// its maker drew afresh; nobody gains from knowing it, and it is as good as a random one for Ring-LWE if AES
// under a known random key behaves as an ideal cipher (the customary assumption for seeded public
// polynomials). Ciphertext `index`, prime `i` uses address {step = index, chunk = i}. A word is cut to the
// prime's width and taken if it is below the prime; the others (few: our primes lie just below powers of two)
// are replaced, in order, by acceptable words of shard 1, 2, ... of the same address. Words taken are exactly
// uniform; the branch is on public words.
//
// Noise comes from a key of the operating system that never leaves the object. Constant time.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/lattice/context.h"
#include "crypto/prg/prg.h"

namespace sotto::lattice {

class MaskSource {
 public:
  explicit MaskSource(const prg::Key& key) : key_(key), prg_(key) {}
  const prg::Key& key() const { return key_; }
  // Residues of ciphertext `index` modulo prime `prime` of the context. In debug builds once per address.
  void fill(std::span<Word> out, const Context& context, std::size_t prime, std::uint32_t index) const;

 private:
  prg::Key key_;
  prg::Prg prg_;
};

// Not for several threads at once.
class NoiseSource {
 public:
  NoiseSource() : NoiseSource(prg::random_key()) {}
  // Of a key that nothing else uses.
  explicit NoiseSource(const prg::Key& key) : prg_(key) {}
  // Uniform 64-bit words, never the same again. Throws ErrorKind::kSystem after 2^48 calls.
  void fill(std::span<Word> out);
  // 0, 1 or 2, each with probability 1/3 up to 2^-64.
  void ternary(std::span<Word> out);

 private:
  prg::Prg prg_;
  std::uint64_t calls_ = 0;
};

// -1, 0, 1 given as 0, 1, 2: residues modulo a prime.
void ternary_residues(std::span<Word> out, std::span<const Word> trits, const Modulus& modulus);

}  // namespace sotto::lattice
