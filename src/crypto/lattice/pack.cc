#include "crypto/lattice/pack.h"

#include <bit>
#include <cmath>
#include <utility>

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

}  // namespace

std::vector<std::uint32_t> packing_elements(std::size_t degree, std::size_t count) {
  SOTTO_ASSERT(std::has_single_bit(count) && count <= degree, "a power of two of ciphertexts is packed");
  std::vector<std::uint32_t> elements;
  for (std::size_t half = count / 2; half >= 1; half /= 2)
    elements.push_back(static_cast<std::uint32_t>(1 + degree / half));
  return elements;
}

std::size_t Packer::place(std::size_t index, std::size_t count) {
  std::size_t reversed = 0;
  for (std::size_t bit = 1; bit < count; bit *= 2, index /= 2) reversed = 2 * reversed + index % 2;
  return reversed;
}

// The level of neighbours u and u + 1, whose places differ in the highest bit, is 0 and its h is n/2.
Packer::Packer(const Context& context, std::span<const GaloisKey* const> keys, std::size_t count,
               std::size_t primes)
    : context_(&context), keys_(keys), count_(count), primes_(primes) {
  const auto elements = packing_elements(context.degree(), count);
  SOTTO_ASSERT(keys.size() == elements.size(), "one key per step");
  for (std::size_t level = 0; level < keys.size(); ++level) {
    SOTTO_ASSERT(keys[level]->element() == elements[level], "the key of another automorphism");
    shifts_.push_back(monomial(context, primes, count >> (level + 1)));
  }
  waiting_.resize(keys.size() + 1);
}

Ciphertext Packer::merge(std::size_t level, Ciphertext even, std::optional<Ciphertext> odd) const {
  Ciphertext difference = even;
  if (odd) {
    multiply_part(*context_, odd->body, shifts_[level]);
    multiply_part(*context_, odd->mask, shifts_[level]);
    subtract(*context_, difference, *odd);
    add(*context_, even, *odd);
  }
  add(*context_, even, apply(*context_, *keys_[level], difference));
  return even;
}

void Packer::push(Ciphertext ciphertext) {
  SOTTO_ASSERT(pushed_ < count_, "no more than were announced");
  SOTTO_ASSERT(ciphertext.primes() == primes_ && ciphertext.form == Form::kValues, "one level, values");
  ++pushed_;
  noise_ = {std::max(noise_.deviation, ciphertext.noise.deviation),
            std::max(noise_.bound, ciphertext.noise.bound)};
  divide_by(*context_, ciphertext, count_);
  std::size_t level = 0;
  for (; waiting_[level]; ++level) {
    ciphertext = merge(level, std::move(*waiting_[level]), std::move(ciphertext));
    waiting_[level].reset();
  }
  waiting_[level] = std::move(ciphertext);
}

Ciphertext Packer::finish() {
  SOTTO_ASSERT(pushed_ > 0, "there is something to pack");
  std::optional<Ciphertext> carry;
  for (std::size_t level = 0; level < keys_.size(); ++level) {
    std::optional<Ciphertext> even = std::exchange(waiting_[level], std::nullopt);
    if (even)
      carry = merge(level, std::move(*even), std::move(carry));
    else if (carry)
      carry = merge(level, std::move(*carry), std::nullopt);
  }
  Ciphertext result = carry ? std::move(*carry) : std::move(*waiting_.back());
  waiting_.back().reset();
  result.noise = packed_noise(*context_, noise_, primes_, count_);
  pushed_ = 0;
  noise_ = {};
  return result;
}

Noise packed_noise(const Context& context, const Noise& noise, std::size_t primes, std::size_t count) {
  Noise switching;
  for (std::size_t half = count / 2; half >= 1; half /= 2)
    switching = switching.times(2) + switching_noise(context, primes);
  return {.deviation = noise.deviation + switching.deviation, .bound = noise.bound + switching.bound};
}

Ciphertext pack(const Context& context, std::span<const GaloisKey* const> keys,
                std::vector<Ciphertext> ciphertexts) {
  Packer packer(context, keys, ciphertexts.size(), ciphertexts.front().primes());
  for (std::size_t i = 0; i < ciphertexts.size(); ++i)
    packer.push(std::move(ciphertexts[Packer::place(i, ciphertexts.size())]));
  return packer.finish();
}

}  // namespace sotto::lattice
