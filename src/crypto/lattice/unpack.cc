#include "crypto/lattice/unpack.h"

#include <bit>
#include <vector>

#include "base/error.h"
#include "crypto/lattice/evaluate.h"
#include "crypto/lattice/pack.h"

namespace sotto::lattice {
namespace {

class Unpacking {
 public:
  Unpacking(const Context& context, std::span<const GaloisKey* const> keys, std::size_t primes,
            std::size_t count, const std::function<void(std::size_t, Ciphertext)>& use)
      : context_(context), keys_(keys), count_(count), use_(use) {
    for (std::size_t h = 1; h < count; h *= 2) shifts_.push_back(inverse_monomial(primes, h));
  }

  // What is at exponents `index` modulo 2^level, as multiples of 2^level.
  void divide(std::size_t level, std::size_t index, Ciphertext ciphertext) {
    const std::size_t h = std::size_t{1} << level;
    if (h == count_) return use_(index, std::move(ciphertext));
    const Ciphertext image = apply(context_, *keys_[shifts_.size() - 1 - level], ciphertext);
    Ciphertext odd = ciphertext;
    subtract(context_, odd, image);
    shift(odd, shifts_[level]);
    add(context_, ciphertext, image);
    divide(level + 1, index, std::move(ciphertext));
    divide(level + 1, index + h, std::move(odd));
  }

 private:
  // X^-power = -X^(N - power), as values in Montgomery form.
  Polynomial inverse_monomial(std::size_t primes, std::size_t power) const {
    Polynomial result(context_.degree(), primes);
    for (std::size_t i = 0; i < primes; ++i) {
      const auto residues = result.residues(i);
      std::ranges::fill(residues, 0);
      residues[context_.degree() - power] =
          subtract(0, to_montgomery(1, context_.modulus(i)), context_.modulus(i));
      context_.ntt(i).forward(residues);
    }
    return result;
  }

  void shift(Ciphertext& ciphertext, const Polynomial& by) const {
    for (Polynomial* part : {&ciphertext.body, &ciphertext.mask})
      for (std::size_t i = 0; i < part->primes(); ++i)
        context_.table().multiply(part->at(i), part->at(i), by.at(i), context_.degree(), context_.modulus(i));
  }

  const Context& context_;
  std::span<const GaloisKey* const> keys_;
  std::size_t count_;
  const std::function<void(std::size_t, Ciphertext)>& use_;
  std::vector<Polynomial> shifts_;  // of level
};

void divide_by(const Context& context, Ciphertext& ciphertext, std::size_t count) {
  for (std::size_t i = 0; i < ciphertext.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    const Factor inverse = context.factor(invert(count % modulus.value, modulus), i);
    for (Polynomial* part : {&ciphertext.body, &ciphertext.mask})
      context.table().scale(part->at(i), part->at(i), inverse, context.degree(), modulus);
  }
}

}  // namespace

Noise unpacked_noise(const Context& context, const Noise& noise, std::size_t primes, std::size_t count) {
  const Noise switching = switching_noise(context, primes).times(static_cast<double>(count - 1));
  return {noise.deviation + switching.deviation, noise.bound + switching.bound, noise.fresh && count == 1};
}

void unpack(const Context& context, std::span<const GaloisKey* const> keys, Ciphertext packed,
            std::size_t count, const std::function<void(std::size_t, Ciphertext)>& use) {
  const auto elements = packing_elements(context.degree(), count);
  SOTTO_ASSERT(keys.size() == elements.size(), "one key per step");
  for (std::size_t i = 0; i < keys.size(); ++i)
    SOTTO_ASSERT(keys[i]->element() == elements[i], "the key of another automorphism");
  SOTTO_ASSERT(packed.form == Form::kValues, "automorphisms permute values");
  const std::size_t primes = packed.primes();
  const Noise noise = unpacked_noise(context, packed.noise, primes, count);
  divide_by(context, packed, count);
  const std::function<void(std::size_t, Ciphertext)> use_one = [&](std::size_t i, Ciphertext ciphertext) {
    ciphertext.noise = noise;
    use(i, std::move(ciphertext));
  };
  Unpacking(context, keys, primes, count, use_one).divide(0, 0, std::move(packed));
}

}  // namespace sotto::lattice
