// Approximate arithmetic on encrypted real and complex numbers (Cheon, Kim, Kim and Song 2017).
//
// A polynomial with integer coefficients holds N/2 complex numbers, its values at zeta^(3^j), zeta = exp(i pi
// / N), times a scale. A product with a plaintext multiplies scales; dropping a prime divides the scale by
// it. Noise adds to the numbers: about sqrt(N) * noise / scale.
//
// WHO MAY SEE WHAT IS DECRYPTED: the noise of a decryption is a linear function of the secret key, so showing
// decrypted numbers to anybody but the key's owner gives the key away (Li and Micciancio, Eurocrypt 2021),
// and flooding it independently is not simulatable in two-party protocols (eprint 2025/395). Protocols keep
// linear layers exact (codec.h); this is for results that stay with the owner of the key.
#pragma once

#include <complex>
#include <span>
#include <vector>

#include "crypto/lattice/evaluate.h"

namespace sotto::lattice {

using Complex = std::complex<double>;

// The embedding for one degree.
class ComplexSlots {
 public:
  explicit ComplexSlots(std::size_t degree);

  std::size_t slots() const { return degree_ / 2; }
  // Coefficients, rounded, of the polynomial with these values times `scale`. Throws ErrorKind::kData where
  // a coefficient is not below 2^62 or no number.
  std::vector<std::int64_t> encode(std::span<const Complex> values, double scale) const;
  std::vector<Complex> decode(std::span<const double> coefficients, double scale) const;

 private:
  // In place, X_k = sum of x_j e^(sign 2 pi i j k / N).
  void transform(std::vector<Complex>& x, bool inverse) const;

  std::size_t degree_;
  std::vector<Complex> roots_;         // zeta^i for i < 2N
  std::vector<std::size_t> exponent_;  // (3^j - 1) / 2
};

struct ScaledCiphertext {
  Ciphertext ciphertext;
  double scale = 1;
};

struct ScaledPlaintext {
  Plaintext plaintext;
  double scale = 1;
};

// At `primes` primes of the context.
SeededCiphertext encrypt_complex(const Context& context, Encryptor& encryptor, const ComplexSlots& slots,
                                 std::span<const Complex> values, double scale, std::size_t primes);
// largest: a public bound on the magnitude of the values.
ScaledPlaintext encode_complex(const Context& context, const ComplexSlots& slots,
                               std::span<const Complex> values, double scale, double largest,
                               std::size_t primes);

ScaledCiphertext multiply(const Context& context, const ScaledCiphertext& ciphertext,
                          const ScaledPlaintext& plaintext);
// Scales must agree to 2^-40; throws ErrorKind::kUsage otherwise.
void add(const Context& context, ScaledCiphertext& sum, const ScaledCiphertext& term);
// Drops the last prime and divides by it.
void rescale(const Context& context, ScaledCiphertext& ciphertext);

// For the owner of the key alone.
std::vector<Complex> decrypt_complex(const SecretKey& key, const ComplexSlots& slots,
                                     const ScaledCiphertext& ciphertext);

}  // namespace sotto::lattice
