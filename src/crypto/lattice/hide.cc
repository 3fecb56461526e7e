#include "crypto/lattice/hide.h"

#include <cmath>

#include "base/error.h"

namespace sotto::lattice {
namespace {

constexpr int kSummands = 3;

// Adds to every coefficient a uniform number of [0, 2^(bits+1)), 64 bits at a time.
void add_uniform(const Context& context, NoiseSource& source, int bits, Polynomial& result) {
  const std::size_t primes = result.primes();
  Polynomial random(context.degree(), 1);
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
}

// Sums of three numbers uniform in [-2^bits, 2^bits).
Polynomial flood_of(const Context& context, NoiseSource& source, std::size_t primes, int bits) {
  Polynomial result(context.degree(), primes);
  for (std::size_t i = 0; i < primes; ++i) {
    const Modulus& modulus = context.modulus(i);
    const Word lowest = multiply(kSummands, power(2, static_cast<Word>(bits), modulus), modulus);
    std::ranges::fill(result.residues(i), subtract(0, lowest, modulus));
  }
  for (int i = 0; i < kSummands; ++i) add_uniform(context, source, bits, result);
  return result;
}

// b of the header, for the noise of the ciphertext and of the encryption of zero.
int flood_bits(const Noise& noise, double coefficients) {
  return static_cast<int>(std::ceil(noise.bits() + kHidingBits + std::log2(coefficients) / 2));
}

}  // namespace

Noise hidden_noise(const Context& context, const Noise& noise, double coefficients) {
  Noise result = noise + fresh_public_noise(context);
  result.bound += kSummands * std::exp2(flood_bits(result, coefficients));
  return result;
}

void Hider::hide(const Codec& codec, Ciphertext& ciphertext, double coefficients) {
  const Context& context = codec.context();
  Ciphertext zero = encryptor_.zero(ciphertext.primes());
  const Noise noise = hidden_noise(context, ciphertext.noise, coefficients);
  check_room(codec, noise);
  Polynomial flood =
      flood_of(context, noise_, ciphertext.primes(), flood_bits(ciphertext.noise + zero.noise, coefficients));
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
