// Secret and public keys of Ring-LWE, and what they encrypt.
//
// A ciphertext is (body, mask) with body - mask * s = round(Q m / t) + noise; s has uniform coefficients in
// {-1, 0, 1}. Under a secret key the mask is uniform and expanded from a seed: half of the ciphertext need
// not travel. A public key is an encryption (b, a) of zero; with fresh ternary u and errors, (b u + e0 +
// message, a u + e1) hides the message as Ring-LWE is hard (Lyubashevsky, Peikert and Regev 2010).
#pragma once

#include <span>

#include "crypto/lattice/codec.h"
#include "crypto/lattice/noise.h"
#include "crypto/lattice/sampler.h"

namespace sotto::lattice {

struct Ciphertext {
  Polynomial body, mask;
  Form form = Form::kValues;
  Noise noise;

  std::size_t primes() const { return body.primes(); }
};

// The mask is that of `index` in the maker's MaskSource. Always values; the form in which keys travel, too.
struct SeededCiphertext {
  Polynomial body;
  std::uint32_t index = 0;
};

class SecretKey {
 public:
  // Fresh, from the operating system's generator.
  explicit SecretKey(const Context& context);
  SecretKey(const Context& context, NoiseSource& source);
  ~SecretKey();
  SecretKey(SecretKey&&) = default;
  SecretKey& operator=(SecretKey&&) = delete;

  const Context& context() const { return *context_; }
  // Values of s in Montgomery form, modulo every prime and the special one.
  const Polynomial& values() const { return values_; }
  // Coefficients as 0, 1, 2 for -1, 0, 1.
  std::span<const Word> trits() const { return trits_.residues(0); }

 private:
  const Context* context_;
  Polynomial trits_, values_;
};

// An encryption of zero at the level of fresh ciphertexts, values in Montgomery form.
struct PublicKey {
  Polynomial body, mask;
};

// Encrypts under a secret key; not for several threads at once. Works in memory of its own, which it wipes.
class Encryptor {
 public:
  explicit Encryptor(const SecretKey& key) : Encryptor(key, prg::random_key(), prg::random_key()) {}
  // Masks, which are public, and noise out of two keys that nothing else uses.
  Encryptor(const SecretKey& key, const prg::Key& mask_key, const prg::Key& noise_key);
  ~Encryptor();
  Encryptor(const Encryptor&) = delete;
  Encryptor& operator=(const Encryptor&) = delete;

  // What the receiver needs to expand the ciphertexts of this encryptor.
  const prg::Key& mask_key() const { return masks_.key(); }
  // One message per coefficient, at the codec's level. Throws ErrorKind::kSystem after 2^32 ciphertexts.
  SeededCiphertext encrypt(const Codec& codec, std::span<const Word> messages);
  // Encryptions of zero: at a level, the highest for a public key; and over the primes of switching keys, the
  // special one last.
  SeededCiphertext zero(std::size_t primes);
  SeededCiphertext zero() { return zero(key_->context().primes()); }
  SeededCiphertext switching_zero();

 private:
  std::uint32_t next_index();
  SeededCiphertext zero_over(std::span<const std::size_t> primes);

  const SecretKey* key_;
  MaskSource masks_;
  NoiseSource noise_;
  std::uint64_t ciphertexts_ = 0;
  Polynomial scratch_;
};

// Of seeded and symmetric ciphertexts, from the receiver's side.
Ciphertext expand(const Context& context, const MaskSource& masks, SeededCiphertext seeded);

PublicKey expand_public_key(const Context& context, const MaskSource& masks, SeededCiphertext zero);

// Encrypts under a public key, which must outlive it; not for several threads at once.
class PublicEncryptor {
 public:
  PublicEncryptor(const Context& context, const PublicKey& key)
      : PublicEncryptor(context, key, prg::random_key()) {}
  // Noise out of a key that nothing else uses.
  PublicEncryptor(const Context& context, const PublicKey& key, const prg::Key& noise_key)
      : context_(&context), key_(&key), noise_(noise_key) {}
  PublicEncryptor(const Context& context, PublicKey&& key) = delete;

  Ciphertext encrypt(const Codec& codec, std::span<const Word> messages);
  // An encryption of zero at a level.
  Ciphertext zero(std::size_t primes);

 private:
  // Adds the key times a fresh u, and an error to the mask, to a body that has its own.
  void blind(Ciphertext& ciphertext);

  const Context* context_;
  const PublicKey* key_;
  NoiseSource noise_;
};

// body - mask * s in coefficient form.
Polynomial decrypt_raw(const SecretKey& key, const Ciphertext& ciphertext);
// The messages; right while the noise is below codec.room_bits().
void decrypt(std::span<Word> messages, const SecretKey& key, const Codec& codec,
             const Ciphertext& ciphertext);

// Brings values modulo a prime to Montgomery form.
void to_montgomery_form(std::span<Word> x, const Context& context, std::size_t prime);

// Noise of fresh ciphertexts.
Noise fresh_noise();
Noise fresh_public_noise(const Context& context);

}  // namespace sotto::lattice
