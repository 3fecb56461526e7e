// A key owner and an evaluator in one place, and big-integer references, for lattice tests.
#pragma once

#include <gtest/gtest.h>

#include "crypto/lattice/evaluate.h"
#include "crypto/lattice/measure.h"
#include "crypto/lattice/test_big.h"
#include "crypto/lattice/test_messages.h"

namespace sotto::lattice {

using Vector = std::vector<Word>;
using Integers = std::vector<std::int64_t>;

struct Parties {
  explicit Parties(const char* set)
      : context(parameters_named(set)), key(context), encryptor(key), masks(encryptor.mask_key()) {}

  Ciphertext encrypt(const Codec& codec, const Vector& messages) {
    return expand(context, masks, encryptor.encrypt(codec, messages));
  }
  // Reads, and sees that the noise is what was promised.
  Vector read(const MessageSpace& space, const Ciphertext& ciphertext) {
    const Codec codec(context, space, ciphertext.primes());
    check_room(codec, ciphertext);
    Vector messages(context.degree());
    decrypt(messages, key, codec, ciphertext);
    EXPECT_LE(measured_noise_bits(key, codec, ciphertext), ciphertext.noise.bits());
    return messages;
  }

  Context context;
  SecretKey key;
  Encryptor encryptor;
  MaskSource masks;
};

// Integers with few that are not zero, so that the reference is quick.
inline Integers sparse_integers(std::size_t degree, std::size_t count, std::int64_t largest,
                                std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Integers result(degree);
  for (std::size_t i = 0; i < count; ++i) {
    const auto magnitude = static_cast<std::int64_t>(generator() % (static_cast<std::uint64_t>(largest) + 1));
    result[generator() % degree] = i == 0 ? largest : i % 2 == 0 ? magnitude : -magnitude;
  }
  return result;
}

// Adds the negacyclic product modulo 2^bits (t = 0) or t, by big integers.
inline void add_product(std::vector<Big>& sums, const Vector& messages, const Integers& weights) {
  const std::size_t n = messages.size();
  for (std::size_t j = 0; j < n; ++j) {
    if (weights[j] == 0) continue;
    for (std::size_t i = 0; i < n; ++i) {
      const Big term = Big(messages[i]) * weights[j];
      if (i + j < n)
        sums[i + j] += term;
      else
        sums[i + j - n] -= term;
    }
  }
}

inline Vector reduced(const std::vector<Big>& sums, const MessageSpace& space) {
  const Big t = space.modulus == 0 ? Big(1) << space.bits : Big(space.modulus);
  Vector result;
  for (const Big& sum : sums) result.push_back(static_cast<Word>(modulo(sum, t)));
  return result;
}

}  // namespace sotto::lattice
