#include "crypto/lattice/hide.h"

#include <cmath>

#include "base/error.h"

namespace sotto::lattice {
namespace {

// Uniform in [-2^bits, 2^bits) per coefficient, 64 bits at a time.
Polynomial uniform_noise(const Context& context, NoiseSource& source, std::size_t primes, int bits) {
  Polynomial result(context.degree(), primes), random(context.degree(), 1);
  for (std::size_t i = 0; i < primes; ++i) {
    const Modulus& modulus = context.modulus(i);
    const Word lowest = subtract(0, power(2, static_cast<Word>(bits), modulus), modulus);
    std::ranges::fill(result.residues(i), lowest);
  }
  for (int done = 0; done < bits + 1; done += 64) {
    source.fill(random.residues(0));
    const int here = std::min(64, bits + 1 - done);
    for (Word& word : random.residues(0)) word >>= 64 - here;
    for (std::size_t i = 0; i < primes; ++i) {
      const Modulus& modulus = context.modulus(i);
      const Word weight = power(2, static_cast<Word>(done), modulus);
      context.table().scale_word_add(result.at(i), random.at(0), context.factor(weight, i),
                                     context.factor(to_montgomery(weight, modulus), i), context.degree(),
                                     modulus);
    }
  }
  wipe(random);
  return result;
}

}  // namespace

void Hider::hide(const Codec& codec, Ciphertext& ciphertext, double coefficients) {
  const Context& context = codec.context();
  Ciphertext zero = encryptor_.zero(ciphertext.primes());
  const double bits = (ciphertext.noise + zero.noise).bits() + kHidingBits + std::log2(coefficients);
  const int flood_bits = static_cast<int>(std::ceil(bits));
  Noise noise = ciphertext.noise + zero.noise;
  noise.bound += std::exp2(flood_bits);
  check_room(codec, noise);
  Polynomial flood = uniform_noise(context, noise_, ciphertext.primes(), flood_bits);
  if (ciphertext.form == Form::kCoefficients) to_coefficients(context, zero);
  if (ciphertext.form == Form::kValues) context.forward(flood);
  add(context, ciphertext, zero);
  for (std::size_t i = 0; i < ciphertext.primes(); ++i)
    context.table().add(ciphertext.body.at(i), ciphertext.body.at(i), flood.at(i), context.degree(),
                        context.modulus(i));
  ciphertext.noise = noise;
  wipe(flood);
}

}  // namespace sotto::lattice
