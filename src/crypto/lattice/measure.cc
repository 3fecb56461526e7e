#include "crypto/lattice/measure.h"

#include <cmath>
#include <vector>

namespace sotto::lattice {
namespace {

// The number with these residues in mixed radix, d0 + p0 (d1 + p1 (d2 + ...)): all digits are positive, so
// doubles lose nothing that matters of it (Garner 1959).
double magnitude(std::vector<Word> residues, const Context& context) {
  for (std::size_t i = 1; i < residues.size(); ++i) {
    const Modulus& modulus = context.modulus(i);
    Word value = 0, radix = 1;
    for (std::size_t k = 0; k < i; ++k) {
      value = add(value, multiply(residues[k] % modulus.value, radix, modulus), modulus);
      radix = multiply(radix, context.modulus(k).value % modulus.value, modulus);
    }
    residues[i] = multiply(subtract(residues[i], value, modulus), invert(radix, modulus), modulus);
  }
  double result = 0;
  for (std::size_t i = residues.size(); i-- > 0;)
    result = result * static_cast<double>(context.modulus(i).value) + static_cast<double>(residues[i]);
  return result;
}

}  // namespace

double centred_value(const Context& context, const Polynomial& x, std::size_t j) {
  std::vector<Word> residues, negated;
  for (std::size_t i = 0; i < x.primes(); ++i) {
    residues.push_back(x.residues(i)[j]);
    negated.push_back(subtract(0, residues.back(), context.modulus(i)));
  }
  const double positive = magnitude(std::move(residues), context);
  const double negative = magnitude(std::move(negated), context);
  return positive <= negative ? positive : -negative;
}

double measured_noise_bits(const SecretKey& key, const Codec& codec, const Ciphertext& ciphertext) {
  const Context& context = key.context();
  Polynomial noise = decrypt_raw(key, ciphertext), x = noise, encoded(context.degree(), 3);
  codec.decode(encoded.residues(0), x);
  codec.remainders(encoded.residues(1), encoded.residues(0));
  for (std::size_t i = 0; i < noise.primes(); ++i) {
    codec.encode(encoded.at(2), encoded.at(1), i);
    context.table().subtract(noise.at(i), noise.at(i), encoded.at(2), context.degree(), context.modulus(i));
  }
  double largest = 1;
  for (std::size_t j = 0; j < context.degree(); ++j)
    largest = std::max(largest, std::abs(centred_value(context, noise, j)));
  return std::log2(largest);
}

}  // namespace sotto::lattice
