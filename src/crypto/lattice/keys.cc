#include "crypto/lattice/keys.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "base/error.h"

namespace sotto::lattice {
namespace {

// Of one binomial error.
constexpr double kErrorVariance = kBinomialBits / 4.0;

}  // namespace

void to_montgomery_form(std::span<Word> x, const Context& context, std::size_t prime) {
  const Modulus& modulus = context.modulus(prime);
  context.table().scale(x.data(), x.data(), context.factor(to_montgomery(1, modulus), prime), x.size(),
                        modulus);
}

Noise fresh_noise() { return {.deviation = std::sqrt(kErrorVariance), .bound = 0.5, .fresh = true}; }

// e u + e0 - e1 s.
Noise fresh_public_noise(const Context& context) {
  return {.deviation = std::sqrt(kErrorVariance * (1 + 2.0 * static_cast<double>(context.degree()))),
          .bound = 0.5,
          .fresh = true};
}

namespace {

NoiseSource& fresh(NoiseSource&& source) { return source; }

}  // namespace

SecretKey::SecretKey(const Context& context) : SecretKey(context, fresh(NoiseSource())) {}

SecretKey::SecretKey(const Context& context, NoiseSource& source)
    : context_(&context),
      trits_(context.degree(), 1),
      values_(context.degree(), context.primes() + (context.has_special() ? 1 : 0)) {
  source.ternary(trits_.residues(0));
  for (std::size_t i = 0; i < values_.primes(); ++i) {
    ternary_residues(values_.residues(i), trits_.residues(0), context.modulus(i));
    context.ntt(i).forward(values_.residues(i));
    to_montgomery_form(values_.residues(i), context, i);
  }
}

SecretKey::~SecretKey() {
  wipe(trits_);
  wipe(values_);
}

Encryptor::Encryptor(const SecretKey& key, const prg::Key& mask_key, const prg::Key& noise_key)
    : key_(&key), masks_(mask_key), noise_(noise_key), scratch_(key.context().degree(), 3) {}

Encryptor::~Encryptor() { wipe(scratch_); }

std::uint32_t Encryptor::next_index() {
  if (ciphertexts_ >> 32 != 0) throw Error(ErrorKind::kSystem, "one encryptor made 2^32 ciphertexts");
  return static_cast<std::uint32_t>(ciphertexts_++);
}

SeededCiphertext Encryptor::encrypt(const Codec& codec, std::span<const Word> messages) {
  const Context& context = key_->context();
  SOTTO_ASSERT(&context == &codec.context(), "codec and key of different contexts");
  SeededCiphertext result{.body = Polynomial(context.degree(), codec.primes()), .index = next_index()};
  const auto remainders = scratch_.residues(0), random = scratch_.residues(1), mask = scratch_.residues(2);
  codec.remainders(remainders, messages);
  noise_.fill(random);
  for (std::size_t i = 0; i < codec.primes(); ++i) {
    codec.encode_noisy(result.body.at(i), remainders.data(), random.data(), i);
    context.ntt(i).forward(result.body.residues(i));
    masks_.fill(mask, context, i, result.index);
    context.table().multiply_add(result.body.at(i), mask.data(), key_->values().at(i), context.degree(),
                                 context.modulus(i));
  }
  return result;
}

SeededCiphertext Encryptor::zero_over(std::span<const std::size_t> primes) {
  const Context& context = key_->context();
  SeededCiphertext result{.body = Polynomial(context.degree(), primes.size()), .index = next_index()};
  const auto random = scratch_.residues(1), mask = scratch_.residues(2);
  noise_.fill(random);
  for (std::size_t i = 0; i < primes.size(); ++i) {
    const auto body = result.body.residues(i);
    context.table().binomial(body.data(), random.data(), 0, context.degree(), context.modulus(primes[i]));
    context.ntt(primes[i]).forward(body);
    masks_.fill(mask, context, primes[i], result.index);
    context.table().multiply_add(body.data(), mask.data(), key_->values().at(primes[i]), context.degree(),
                                 context.modulus(primes[i]));
  }
  return result;
}

SeededCiphertext Encryptor::zero(std::size_t primes) {
  SOTTO_ASSERT(primes >= 1 && primes <= key_->context().primes(), "a level that the context does not have");
  std::vector<std::size_t> indices(primes);
  std::iota(indices.begin(), indices.end(), 0);
  return zero_over(indices);
}

SeededCiphertext Encryptor::switching_zero() {
  const Context& context = key_->context();
  SOTTO_ASSERT(context.has_special(), "parameters without a special prime have no switching keys");
  std::vector<std::size_t> primes(context.parameters().switching_primes);
  std::iota(primes.begin(), primes.end(), 0);
  primes.push_back(context.special());
  return zero_over(primes);
}

Ciphertext expand(const Context& context, const MaskSource& masks, SeededCiphertext seeded) {
  Ciphertext result{
      .body = std::move(seeded.body), .mask = {}, .form = Form::kValues, .noise = fresh_noise()};
  result.mask = Polynomial(context.degree(), result.body.primes());
  for (std::size_t i = 0; i < result.mask.primes(); ++i)
    masks.fill(result.mask.residues(i), context, i, seeded.index);
  return result;
}

PublicKey expand_public_key(const Context& context, const MaskSource& masks, SeededCiphertext zero) {
  Ciphertext expanded = expand(context, masks, std::move(zero));
  SOTTO_ASSERT(expanded.primes() == context.primes(), "public keys are of the highest level");
  for (std::size_t i = 0; i < context.primes(); ++i) {
    to_montgomery_form(expanded.body.residues(i), context, i);
    to_montgomery_form(expanded.mask.residues(i), context, i);
  }
  return {.body = std::move(expanded.body), .mask = std::move(expanded.mask)};
}

void PublicEncryptor::blind(Ciphertext& ciphertext) {
  const Context& context = *context_;
  const std::size_t degree = context.degree();
  // Trits of u, u modulo a prime, the mask's error.
  Polynomial scratch(degree, 3);
  const auto trits = scratch.residues(0), u = scratch.residues(1), random = scratch.residues(2);
  noise_.ternary(trits);
  noise_.fill(random);
  for (std::size_t i = 0; i < ciphertext.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    Word *body = ciphertext.body.at(i), *mask = ciphertext.mask.at(i);
    ternary_residues(u, trits, modulus);
    context.ntt(i).forward(u);
    context.table().binomial(mask, random.data(), 0, degree, modulus);
    context.ntt(i).forward(ciphertext.mask.residues(i));
    context.table().multiply_add(body, u.data(), key_->body.at(i), degree, modulus);
    context.table().multiply_add(mask, u.data(), key_->mask.at(i), degree, modulus);
  }
  wipe(scratch);
}

Ciphertext PublicEncryptor::encrypt(const Codec& codec, std::span<const Word> messages) {
  const Context& context = *context_;
  Ciphertext result{.body = Polynomial(context.degree(), codec.primes()),
                    .mask = Polynomial(context.degree(), codec.primes()),
                    .form = Form::kValues,
                    .noise = fresh_public_noise(context)};
  Polynomial scratch(context.degree(), 2);
  codec.remainders(scratch.residues(0), messages);
  noise_.fill(scratch.residues(1));
  for (std::size_t i = 0; i < codec.primes(); ++i)
    codec.encode_noisy(result.body.at(i), scratch.at(0), scratch.at(1), i);
  context.forward(result.body);
  blind(result);
  wipe(scratch);
  return result;
}

Ciphertext PublicEncryptor::zero(std::size_t primes) {
  const Context& context = *context_;
  SOTTO_ASSERT(primes >= 1 && primes <= context.primes(), "a level that the context does not have");
  Ciphertext result{.body = Polynomial(context.degree(), primes),
                    .mask = Polynomial(context.degree(), primes),
                    .form = Form::kValues,
                    .noise = fresh_public_noise(context)};
  Polynomial random(context.degree(), 1);
  noise_.fill(random.residues(0));
  for (std::size_t i = 0; i < primes; ++i)
    context.table().binomial(result.body.at(i), random.at(0), 0, context.degree(), context.modulus(i));
  context.forward(result.body);
  blind(result);
  wipe(random);
  return result;
}

Polynomial decrypt_raw(const SecretKey& key, const Ciphertext& ciphertext) {
  const Context& context = key.context();
  const std::size_t degree = context.degree();
  Polynomial result(degree, ciphertext.primes()), product(degree, 1);
  for (std::size_t i = 0; i < ciphertext.primes(); ++i) {
    const Modulus& modulus = context.modulus(i);
    const Word* mask = ciphertext.mask.at(i);
    if (ciphertext.form == Form::kCoefficients) {
      std::ranges::copy(ciphertext.mask.residues(i), product.at(0));
      context.ntt(i).forward(product.residues(0));
      mask = product.at(0);
    }
    context.table().multiply(product.at(0), mask, key.values().at(i), degree, modulus);
    if (ciphertext.form == Form::kCoefficients) context.ntt(i).backward(product.residues(0));
    context.table().subtract(result.at(i), ciphertext.body.at(i), product.at(0), degree, modulus);
    if (ciphertext.form == Form::kValues) context.ntt(i).backward(result.residues(i));
  }
  wipe(product);
  return result;
}

void decrypt(std::span<Word> messages, const SecretKey& key, const Codec& codec,
             const Ciphertext& ciphertext) {
  Polynomial x = decrypt_raw(key, ciphertext);
  codec.decode(messages, x);
  wipe(x);
}

}  // namespace sotto::lattice
