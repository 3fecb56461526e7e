#include "crypto/lattice/ckks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numbers>
#include <random>

#include "base/error.h"
#include "crypto/lattice/galois.h"

namespace sotto::lattice {
namespace {

std::vector<Complex> random_numbers(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<Complex> numbers(count);
  for (Complex& number : numbers) number = {uniform(generator), uniform(generator)};
  return numbers;
}

double distance(const std::vector<Complex>& a, const std::vector<Complex>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

// By the definition: the polynomial at zeta^(3^j), in long doubles.
TEST(Ckks, EncodingIsThePolynomialWithTheseValues) {
  constexpr std::size_t kDegree = 256;
  const ComplexSlots slots(kDegree);
  const auto values = random_numbers(slots.slots(), 1);
  const double scale = 0x1p45;
  const auto coefficients = slots.encode(values, scale);
  for (std::size_t j = 0, exponent = 1; j < slots.slots(); ++j, exponent = exponent * 3 % (2 * kDegree)) {
    std::complex<long double> sum = 0;
    for (std::size_t i = 0; i < kDegree; ++i) {
      const long double angle =
          std::numbers::pi_v<long double> * static_cast<long double>(i * exponent % (2 * kDegree)) / kDegree;
      sum += static_cast<long double>(coefficients[i]) * std::polar(1.0L, angle);
    }
    // Rounding of coefficients by a half each.
    ASSERT_LT(std::abs(Complex(sum) / scale - values[j]), kDegree / scale) << "slot " << j;
  }
  const std::vector<double> exact(coefficients.begin(), coefficients.end());
  EXPECT_LT(distance(slots.decode(exact, scale), values), kDegree / scale);
}

// Example: (x w + y) rotated by one slot, over encrypted x and y.
TEST(Ckks, MultipliesAddsRescalesAndRotates) {
  const Context context(parameters_named("rotations-4096"));
  const SecretKey key(context);
  Encryptor encryptor(key);
  const MaskSource masks(encryptor.mask_key());
  const ComplexSlots slots(context.degree());
  const auto x = random_numbers(slots.slots(), 1), w = random_numbers(slots.slots(), 2),
             y = random_numbers(slots.slots(), 3);
  // x's scale after the product and rescaling is y's.
  const double scale = 0x1p30;
  const double weight_scale = static_cast<double>(context.modulus(1).value);
  ScaledCiphertext result{expand(context, masks, encrypt_complex(context, encryptor, slots, x, scale, 2)),
                          scale};
  EXPECT_LT(distance(decrypt_complex(key, slots, result), x), 0x1p-18);
  result = multiply(context, result, encode_complex(context, slots, w, weight_scale, 2, 2));
  rescale(context, result);
  EXPECT_EQ(result.ciphertext.primes(), 1u);
  const ScaledCiphertext other{
      expand(context, masks, encrypt_complex(context, encryptor, slots, y, scale, 1)), scale};
  add(context, result, other);
  const GaloisKey rotation(context, masks, make_galois_key(key, encryptor, 3));
  result.ciphertext = apply(context, rotation, result.ciphertext);
  std::vector<Complex> expected(slots.slots());
  for (std::size_t j = 0; j < expected.size(); ++j) {
    const std::size_t from = (j + 1) % expected.size();
    expected[j] = x[from] * w[from] + y[from];
  }
  // Noise of switching has a deviation of about 120 a coefficient, 64 times that a slot: some 2^-17 of the
  // scale.
  EXPECT_LT(distance(decrypt_complex(key, slots, result), expected), 0x1p-14);
}

TEST(Ckks, RefusesWhatDoesNotFit) {
  using testing::HasSubstr;
  const auto message_of = [](ErrorKind kind, const auto& action) -> std::string {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), kind);
      return error.message();
    }
    return "no error";
  };
  const Context context(parameters_named("rotations-4096"));
  const ComplexSlots slots(context.degree());
  std::vector<Complex> values(slots.slots());
  for (const double bad : {0x1p40, std::nan(""), HUGE_VAL}) {
    std::ranges::fill(values, bad);
    EXPECT_THAT(message_of(ErrorKind::kData, [&] { slots.encode(values, 0x1p30); }),
                HasSubstr("a number is too large to be encrypted at this scale"));
  }
  const SecretKey key(context);
  Encryptor encryptor(key);
  const MaskSource masks(encryptor.mask_key());
  std::ranges::fill(values, 1);
  const auto encrypted = [&](double scale) {
    return ScaledCiphertext{
        expand(context, masks, encrypt_complex(context, encryptor, slots, values, scale, 1)), scale};
  };
  ScaledCiphertext a = encrypted(1024), b = encrypted(2048);
  EXPECT_THAT(message_of(ErrorKind::kUsage, [&] { add(context, a, b); }),
              HasSubstr("scales 1024 and 2048 differ"));
  EXPECT_THAT(message_of(ErrorKind::kUsage, [&] { rescale(context, a); }), HasSubstr("cannot be rescaled"));
}

}  // namespace
}  // namespace sotto::lattice
