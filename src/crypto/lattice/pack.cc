#include "crypto/lattice/pack.h"

#include <bit>
#include <cmath>

#include "base/error.h"
#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {
namespace {

// X^power as values in Montgomery form.
Polynomial monomial(const Context& context, std::size_t primes, std::size_t power) {
  Polynomial result(context.degree(), primes);
  for (std::size_t i = 0; i < primes; ++i) {
    const auto residues = result.residues(i);
    std::ranges::fill(residues, 0);
    residues[power] = to_montgomery(1, context.modulus(i));
    context.ntt(i).forward(residues);
  }
  return result;
}

void divide_by(const Context& context, Ciphertext& ciphertext, std::size_t count) {
  for (std::size_t i = 0; i < ciphertext.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    const Factor inverse = context.factor(invert(count % modulus.value, modulus), i);
    for (Polynomial* part : {&ciphertext.body, &ciphertext.mask})
      context.table().scale(part->at(i), part->at(i), inverse, context.degree(), modulus);
  }
}

void multiply_part(const Context& context, Polynomial& x, const Polynomial& factor) {
  for (std::size_t i = 0; i < x.primes(); ++i)
    context.table().multiply(x.at(i), x.at(i), factor.at(i), context.degree(), context.modulus(i));
}

// even = (even + X^h odd) + sigma(even - X^h odd).
void merge(const Context& context, const GaloisKey& key, const Polynomial& shift, Ciphertext& even,
           Ciphertext& odd) {
  multiply_part(context, odd.body, shift);
  multiply_part(context, odd.mask, shift);
  Ciphertext difference = even;
  subtract(context, difference, odd);
  add(context, even, odd);
  add(context, even, apply(context, key, difference));
}

}  // namespace

std::vector<std::uint32_t> packing_elements(std::size_t degree, std::size_t count) {
  SOTTO_ASSERT(std::has_single_bit(count) && count <= degree, "a power of two of ciphertexts is packed");
  std::vector<std::uint32_t> elements;
  for (std::size_t half = count / 2; half >= 1; half /= 2)
    elements.push_back(static_cast<std::uint32_t>(1 + degree / half));
  return elements;
}

Ciphertext pack(const Context& context, std::span<const GaloisKey* const> keys,
                std::vector<Ciphertext> ciphertexts) {
  const auto elements = packing_elements(context.degree(), ciphertexts.size());
  SOTTO_ASSERT(keys.size() == elements.size(), "one key per step");
  const std::size_t primes = ciphertexts.front().primes();
  Noise noise;
  for (Ciphertext& ciphertext : ciphertexts) {
    SOTTO_ASSERT(ciphertext.primes() == primes && ciphertext.form == Form::kValues, "one level, values");
    noise = {std::max(noise.deviation, ciphertext.noise.deviation),
             std::max(noise.bound, ciphertext.noise.bound)};
    divide_by(context, ciphertext, ciphertexts.size());
  }
  Noise switching;
  std::size_t step = 0;
  for (std::size_t half = ciphertexts.size() / 2; half >= 1; half /= 2, ++step) {
    SOTTO_ASSERT(keys[step]->element() == elements[step], "the key of another automorphism");
    const Polynomial shift = monomial(context, primes, half);
    for (std::size_t i = 0; i < half; ++i)
      merge(context, *keys[step], shift, ciphertexts[i], ciphertexts[i + half]);
    switching = switching.times(2) + switching_noise(context, primes);
  }
  Ciphertext result = std::move(ciphertexts.front());
  result.noise = noise + switching;
  return result;
}

}  // namespace sotto::lattice
