#include "crypto/lattice/ckks.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numbers>

#include "base/error.h"
#include "crypto/lattice/measure.h"

namespace sotto::lattice {

ComplexSlots::ComplexSlots(std::size_t degree) : degree_(degree) {
  SOTTO_ASSERT(std::has_single_bit(degree) && degree >= 4, "degrees are powers of two");
  for (std::size_t i = 0; i < 2 * degree; ++i)
    roots_.push_back(
        std::polar(1.0, std::numbers::pi * static_cast<double>(i) / static_cast<double>(degree)));
  for (std::size_t j = 0, exponent = 1; j < slots(); ++j, exponent = exponent * 3 % (2 * degree))
    exponent_.push_back((exponent - 1) / 2);
}

void ComplexSlots::transform(std::vector<Complex>& x, bool inverse) const {
  const int log_degree = std::countr_zero(degree_);
  for (std::size_t i = 0; i < degree_; ++i)
    if (const std::size_t other = reversed(i, log_degree); i < other) std::swap(x[i], x[other]);
  for (std::size_t half = 1; half < degree_; half *= 2) {
    for (std::size_t start = 0; start < degree_; start += 2 * half) {
      for (std::size_t k = 0; k < half; ++k) {
        const Complex root = roots_[k * (degree_ / half)];
        const Complex product = x[start + half + k] * (inverse ? std::conj(root) : root);
        x[start + half + k] = x[start + k] - product;
        x[start + k] += product;
      }
    }
  }
}

// The polynomial has real coefficients, so its values at conjugate points are conjugate. With a_j zeta^j in
// the place of a_j, the values at odd powers of zeta are a Fourier transform.
std::vector<std::int64_t> ComplexSlots::encode(std::span<const Complex> values, double scale) const {
  SOTTO_ASSERT(values.size() == slots(), "one number per slot");
  std::vector<Complex> x(degree_);
  for (std::size_t j = 0; j < slots(); ++j) {
    x[exponent_[j]] = values[j];
    x[degree_ - 1 - exponent_[j]] = std::conj(values[j]);
  }
  transform(x, true);
  std::vector<std::int64_t> coefficients;
  for (std::size_t i = 0; i < degree_; ++i) {
    const double coefficient = (x[i] * std::conj(roots_[i])).real() * scale / static_cast<double>(degree_);
    if (!(std::abs(coefficient) < 0x1p62)) {
      throw Error(ErrorKind::kData, "a number is too large to be encrypted at this scale, or is no number",
                  "numbers times the scale must stay below 2^62");
    }
    coefficients.push_back(std::llround(coefficient));
  }
  return coefficients;
}

std::vector<Complex> ComplexSlots::decode(std::span<const double> coefficients, double scale) const {
  SOTTO_ASSERT(coefficients.size() == degree_, "one coefficient per power of X");
  std::vector<Complex> x(degree_), values(slots());
  for (std::size_t i = 0; i < degree_; ++i) x[i] = coefficients[i] / scale * roots_[i];
  transform(x, false);
  for (std::size_t j = 0; j < slots(); ++j) values[j] = x[exponent_[j]];
  return values;
}

SeededCiphertext encrypt_complex(const Context& context, Encryptor& encryptor, const ComplexSlots& slots,
                                 std::span<const Complex> values, double scale, std::size_t primes) {
  const std::vector<std::int64_t> coefficients = slots.encode(values, scale);
  const AlignedVector<Word> words(coefficients.begin(), coefficients.end());
  SeededCiphertext result = encryptor.zero(primes);
  Polynomial message(context.degree(), 1);
  for (std::size_t i = 0; i < primes; ++i) {
    context.table().from_signed(message.at(0), words.data(), context.degree(), context.modulus(i));
    context.ntt(i).forward(message.residues(0));
    context.table().add(result.body.at(i), result.body.at(i), message.at(0), context.degree(),
                        context.modulus(i));
  }
  return result;
}

// Coefficients are averages of values times roots of unity: no larger than the largest value, plus rounding.
ScaledPlaintext encode_complex(const Context& context, const ComplexSlots& slots,
                               std::span<const Complex> values, double scale, double largest,
                               std::size_t primes) {
  return {.plaintext = make_plaintext(context, primes, slots.encode(values, scale), largest * scale + 1,
                                      context.degree()),
          .scale = scale};
}

ScaledCiphertext multiply(const Context& context, const ScaledCiphertext& ciphertext,
                          const ScaledPlaintext& plaintext) {
  const Ciphertext* term = &ciphertext.ciphertext;
  const Plaintext* factor = &plaintext.plaintext;
  return {.ciphertext = product_sum(context, {&term, 1}, {&factor, 1}),
          .scale = ciphertext.scale * plaintext.scale};
}

void add(const Context& context, ScaledCiphertext& sum, const ScaledCiphertext& term) {
  if (std::abs(sum.scale / term.scale - 1) > 0x1p-40) {
    throw Error(ErrorKind::kUsage, fmt::format("scales {} and {} differ", sum.scale, term.scale),
                "rescale both summands equally often");
  }
  add(context, sum.ciphertext, term.ciphertext);
}

void rescale(const Context& context, ScaledCiphertext& ciphertext) {
  const std::size_t last = ciphertext.ciphertext.primes() - 1;
  if (last == 0) throw Error(ErrorKind::kUsage, "a ciphertext over one prime cannot be rescaled");
  switch_modulus(context, ciphertext.ciphertext, last);
  ciphertext.scale /= static_cast<double>(context.modulus(last).value);
}

std::vector<Complex> decrypt_complex(const SecretKey& key, const ComplexSlots& slots,
                                     const ScaledCiphertext& ciphertext) {
  const Polynomial x = decrypt_raw(key, ciphertext.ciphertext);
  std::vector<double> coefficients(x.degree());
  for (std::size_t j = 0; j < x.degree(); ++j) coefficients[j] = centred_value(key.context(), x, j);
  return slots.decode(coefficients, ciphertext.scale);
}

}  // namespace sotto::lattice
