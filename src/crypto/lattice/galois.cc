#include "crypto/lattice/galois.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "base/error.h"
#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {
namespace {

void check_element(std::size_t degree, std::uint32_t element) {
  if (element % 2 == 1 && element < 2 * degree) return;
  throw Error(ErrorKind::kUsage, fmt::format("X -> X^{} is no automorphism of degree {}", element, degree),
              "exponents are odd and below twice the degree");
}

// Of an odd number modulo a power of two: each step doubles the bits that are right.
std::uint32_t inverse_element(std::uint32_t element, std::size_t degree) {
  std::uint32_t inverse = element;
  for (int bits = 3; bits < 32; bits *= 2) inverse *= 2 - element * inverse;
  return inverse & static_cast<std::uint32_t>(2 * degree - 1);
}

void permute(std::span<Word> out, std::span<const Word> in, std::span<const std::uint32_t> permutation) {
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = in[permutation[i]];
}

Word half_of(const Context& context, std::size_t prime) { return (context.modulus(prime).value - 1) / 2; }

// Digit `digit` of the mask modulo prime `target`, as values. Digits lie around zero, lifted by half their
// prime in `coefficients`: in [0, q) their mean would add as much noise as all the rest, and far more to few
// slots.
const Word* digit_values(const Context& context, const Polynomial& mask, const Polynomial& coefficients,
                         std::size_t digit, std::size_t target, std::span<Word> scratch) {
  if (digit == target) return mask.at(digit);
  const Modulus& modulus = context.modulus(target);
  context.table().scale(scratch.data(), coefficients.at(digit), context.factor(1, target), scratch.size(),
                        modulus);
  const Word lift = half_of(context, digit) % modulus.value;
  context.table().shift(scratch.data(), scratch.data(), subtract(0, lift, modulus), scratch.size(), modulus);
  context.ntt(target).forward(scratch);
  return scratch.data();
}

struct Switched {
  Polynomial body, mask;
};

// (body, mask) with body - mask * s' = mask_in * s + noise.
Switched switch_key(const Context& context, const GaloisKey& key, const Polynomial& mask) {
  const std::size_t degree = context.degree(), primes = mask.primes();
  Polynomial coefficients = mask, scratch(degree, primes);
  context.backward(coefficients);
  for (std::size_t i = 0; i < primes; ++i) {
    Word* digit = coefficients.at(i);
    context.table().shift(digit, digit, half_of(context, i), degree, context.modulus(i));
  }
  Switched result{.body = Polynomial(degree, primes + 1), .mask = Polynomial(degree, primes + 1)};
  std::vector<const Word*> bodies(primes), masks(primes), digits(primes);
  for (std::size_t i = 0; i <= primes; ++i) {
    const bool special = i == primes;
    const std::size_t prime = special ? context.special() : i;
    const std::size_t in_key = special ? context.parameters().switching_primes : i;
    for (std::size_t digit = 0; digit < primes; ++digit) {
      digits[digit] = digit_values(context, mask, coefficients, digit, prime, scratch.residues(digit));
      bodies[digit] = key.digit(digit).body.at(in_key);
      masks[digit] = key.digit(digit).mask.at(in_key);
    }
    context.table().dot(result.body.at(i), result.mask.at(i), bodies.data(), masks.data(), digits.data(),
                        primes, 0, degree, context.modulus(prime));
  }
  for (Polynomial* part : {&result.body, &result.mask}) {
    context.ntt(context.special()).backward(part->residues(primes));
    divide_by_last(context, *part, context.special(), Form::kValues);
  }
  return result;
}

}  // namespace

// Value i is at psi^(2 * reversed(i) + 1); the image's is the polynomial at the g-th power of that.
std::vector<std::uint32_t> value_permutation(std::size_t degree, std::uint32_t element) {
  const int log_degree = std::countr_zero(degree);
  std::vector<std::uint32_t> permutation(degree);
  for (std::size_t i = 0; i < degree; ++i) {
    const std::size_t exponent = (2 * reversed(i, log_degree) + 1) * element % (2 * degree);
    permutation[i] = static_cast<std::uint32_t>(reversed((exponent - 1) / 2, log_degree));
  }
  return permutation;
}

GaloisKey::GaloisKey(const Context& context, const MaskSource& masks, SeededGaloisKey seeded)
    : element_(seeded.element) {
  check_element(context.degree(), element_);
  SOTTO_ASSERT(seeded.digits.size() == context.parameters().switching_primes, "one encryption per digit");
  permutation_ = value_permutation(context.degree(), element_);
  const auto back = value_permutation(context.degree(), inverse_element(element_, context.degree()));
  Polynomial mask(context.degree(), 1);
  for (SeededCiphertext& digit : seeded.digits) {
    SOTTO_ASSERT(digit.body.primes() == seeded.digits.size() + 1, "digits are over the special prime, too");
    Ciphertext expanded{.body = Polynomial(context.degree(), seeded.digits.size() + 1),
                        .mask = Polynomial(context.degree(), seeded.digits.size() + 1),
                        .form = Form::kValues,
                        .noise = fresh_noise()};
    for (std::size_t i = 0; i <= seeded.digits.size(); ++i) {
      const std::size_t prime = i == seeded.digits.size() ? context.special() : i;
      masks.fill(mask.residues(0), context, prime, digit.index);
      permute(expanded.mask.residues(i), mask.residues(0), back);
      permute(expanded.body.residues(i), digit.body.residues(i), back);
      to_montgomery_form(expanded.body.residues(i), context, prime);
      to_montgomery_form(expanded.mask.residues(i), context, prime);
    }
    digits_.push_back(std::move(expanded));
  }
}

SeededGaloisKey make_galois_key(const SecretKey& key, Encryptor& encryptor, std::uint32_t element) {
  const Context& context = key.context();
  const std::size_t degree = context.degree();
  check_element(degree, element);
  const auto permutation = value_permutation(degree, element);
  SeededGaloisKey result{.element = element, .digits = {}};
  Polynomial image(degree, 1);
  for (std::size_t i = 0; i < context.parameters().switching_primes; ++i) {
    SeededCiphertext digit = encryptor.switching_zero();
    const Modulus& modulus = context.modulus(i);
    // The key's values are in Montgomery form, so the factor loses 2^52.
    const Word special = context.modulus(context.special()).value % modulus.value;
    const Factor factor =
        context.factor(multiply(special, invert(to_montgomery(1, modulus), modulus), modulus), i);
    permute(image.residues(0), key.values().residues(i), permutation);
    context.table().scale_add(digit.body.at(i), image.at(0), factor, degree, modulus);
    result.digits.push_back(std::move(digit));
  }
  wipe(image);
  return result;
}

// Of the first `primes` primes the widest counts: digits are below half of it.
Noise switching_noise(const Context& context, std::size_t primes) {
  double widest = 0;
  for (std::size_t i = 0; i < primes; ++i)
    widest = std::max(widest, static_cast<double>(context.modulus(i).value));
  const double digits = static_cast<double>(primes * context.degree());
  const double ratio = widest / static_cast<double>(context.modulus(context.special()).value);
  return Noise{.deviation = fresh_noise().deviation * std::sqrt(digits) * ratio / 2, .bound = 0} +
         rounding_noise(static_cast<double>(context.degree()));
}

// With b - a s' = mask s + noise, the message body - mask s is body - b - (-a) s', less noise.
Ciphertext apply(const Context& context, const GaloisKey& key, const Ciphertext& ciphertext) {
  const std::size_t degree = context.degree(), primes = ciphertext.primes();
  SOTTO_ASSERT(ciphertext.form == Form::kValues, "automorphisms permute values");
  SOTTO_ASSERT(context.has_special() && primes <= context.parameters().switching_primes,
               "switch the modulus down to the primes of switching keys first");
  const Switched switched = switch_key(context, key, ciphertext.mask);
  Ciphertext result{.body = Polynomial(degree, primes),
                    .mask = Polynomial(degree, primes),
                    .form = Form::kValues,
                    .noise = ciphertext.noise + switching_noise(context, primes)};
  Polynomial scratch(degree, 2);
  std::ranges::fill(scratch.residues(1), 0);
  for (std::size_t i = 0; i < primes; ++i) {
    const Modulus& modulus = context.modulus(i);
    context.table().subtract(scratch.at(0), ciphertext.body.at(i), switched.body.at(i), degree, modulus);
    permute(result.body.residues(i), scratch.residues(0), key.permutation());
    context.table().subtract(scratch.at(0), scratch.at(1), switched.mask.at(i), degree, modulus);
    permute(result.mask.residues(i), scratch.residues(0), key.permutation());
  }
  return result;
}

}  // namespace sotto::lattice
