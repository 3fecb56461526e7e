// Messages in ciphertexts, exactly: coefficients modulo t, t = 2^k or a prime, in the upper part of the
// modulus Q (BFV; Fan and Vercauteren 2012, with the rounding round(Q m / t) of Kim, Polyakov and Zucca
// 2021).
//
// Encoding needs one product per prime: with h = floor(t/2) and r = (Q m + h) mod t, round(Q m / t) = (Q m +
// h
// - r) / t, which modulo a prime of Q is (h - r) / t. Decoding sums fractions: x / Q = sum over the primes of
// [x (Q/p)^-1 mod p] / p modulo 1, kept to 128 bits with an error below 2^-74; t times it, rounded, is m
// while the noise stays below Q/(2t) (1 - t 2^-73). Constant time.
#pragma once

#include <span>
#include <vector>

#include "crypto/lattice/context.h"

namespace sotto::lattice {

struct MessageSpace {
  // 1 <= bits <= 64: integers modulo 2^bits.
  static MessageSpace power_of_two(int bits);
  // Integers modulo a prime of 13 to 50 bits.
  static MessageSpace prime(Word value);

  int bits = 0;      // t <= 2^bits
  Word modulus = 0;  // of a prime; 0 for 2^bits
  double log2() const;
};

// The encoding of a message space at a level of a context.
class Codec {
 public:
  // Throws ErrorKind::kUsage where t is a prime of the modulus or leaves no room for a fresh ciphertext.
  Codec(const Context& context, MessageSpace space, std::size_t primes);

  const Context& context() const { return *context_; }
  const MessageSpace& space() const { return space_; }
  std::size_t primes() const { return levels_.size(); }

  // r of every message; messages of a prime space are below it, others are taken modulo 2^bits.
  void remainders(std::span<Word> r, std::span<const Word> messages) const;
  // out = (round(Q m / t) + noise) modulo a prime, noise from random words.
  void encode_noisy(Word* out, const Word* r, const Word* random, std::size_t prime) const;
  // out = round(Q m / t) modulo a prime.
  void encode(Word* out, const Word* r, std::size_t prime) const;
  // Coefficient form; x is used up.
  void decode(std::span<Word> messages, Polynomial& x) const;

  // How far noise may go: log2(Q / 2t).
  double room_bits() const;

 private:
  struct Level {
    Word offset;                               // h / t
    Factor minus_inverse, minus_inverse_high;  // -1/t and -2^52/t
    Factor recombine;                          // (Q/p)^-1
  };
  void add_messages(Word* out, const Word* r, std::size_t prime) const;

  const Context* context_;
  MessageSpace space_;
  Word scale_;  // Q mod t
  std::vector<Level> levels_;
  std::vector<Fraction> fractions_;
};

}  // namespace sotto::lattice
