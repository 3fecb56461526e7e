#include "crypto/lattice/keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "base/test_errors.h"
#include "crypto/lattice/measure.h"
#include "crypto/lattice/slots.h"
#include "crypto/lattice/test_big.h"
#include "crypto/lattice/test_messages.h"

namespace sotto::lattice {
namespace {

using Vector = std::vector<Word>;

// Example: one party encrypts, half of the ciphertext travels, the key's owner reads.
TEST(Encryption, ReadsWhatWasEncrypted) {
  const Context context(parameters_named("products-4096"));
  const SecretKey key(context);
  Encryptor encryptor(key);
  const Codec codec(context, MessageSpace::power_of_two(32), context.primes());
  const Vector messages = messages_of(codec.space(), context.degree(), 1);

  SeededCiphertext sent = encryptor.encrypt(codec, messages);
  const MaskSource masks(encryptor.mask_key());
  const Ciphertext received = expand(context, masks, std::move(sent));

  Vector read(context.degree());
  decrypt(read, key, codec, received);
  EXPECT_EQ(read, messages);
}

TEST(Parameters, NamedSetsAreSecureAndOthersRefused) {
  using testing::HasSubstr;
  for (const Parameters& set : all_parameters()) {
    EXPECT_NO_THROW(check(set)) << set.name;
    EXPECT_LE(set.modulus_bits(), set.degree == 4096 ? 109 : 218) << set.name;
    EXPECT_LE(set.switching_modulus_bits(), set.degree == 4096 ? 109 : 218) << set.name;
  }
  Parameters set = parameters_named("rotations-4096");
  set.prime_bits = {36, 38};
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { Context{set}; }),
              HasSubstr("a modulus of 110 bits is insecure at degree 4096"));
  set.prime_bits = {50, 50, 10};
  set.switching_primes = 1;
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { check(set); }), HasSubstr("110 bits is insecure"));
  set.switching_primes = 0;
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { check(set); }), HasSubstr("the special prime serves some"));
  set.degree = 4095;
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { check(set); }), HasSubstr("no row for degree 4095"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { parameters_named("fast"); }),
              HasSubstr("no lattice parameters named \"fast\""));
}

// Spaces that leave room at 100 bits; 64 bits and a 50-bit prime among them.
std::vector<MessageSpace> spaces_for(const Context& context) {
  std::vector<MessageSpace> spaces;
  for (int bits : {1, 2, 16, 20, 31, 32, 37, 51, 52, 53, 60, 63, 64})
    spaces.push_back(MessageSpace::power_of_two(bits));
  for (int bits : {20, 33, 50})
    spaces.push_back(
        MessageSpace::prime(transform_primes(bits, context.degree(), bits == 50 ? 8 : 1).back()));
  return spaces;
}

Big size_of(const MessageSpace& space) {
  return space.modulus == 0 ? Big(1) << space.bits : Big(space.modulus);
}

class Sets : public testing::TestWithParam<std::string> {
 protected:
  const Context context_{parameters_named(GetParam())};
};

INSTANTIATE_TEST_SUITE_P(All, Sets,
                         testing::Values("products-4096", "rotations-4096", "products-8192",
                                         "rotations-8192"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_P(Sets, EncodingIsTheRoundedQuotientOfBigIntegers) {
  for (const MessageSpace& space : spaces_for(context_)) {
    const std::size_t primes = context_.primes();
    if (context_.modulus_bits(primes) < space.bits + 10) continue;
    const Codec codec(context_, space, primes);
    const Vector messages = messages_of(space, context_.degree(), 2);
    Polynomial encoded(context_.degree(), primes), remainders(context_.degree(), 1);
    codec.remainders(remainders.residues(0), messages);
    for (std::size_t i = 0; i < primes; ++i) codec.encode(encoded.at(i), remainders.at(0), i);
    const Big q = modulus_of(context_, primes), t = size_of(space);
    for (std::size_t j = 0; j < 300; ++j)
      ASSERT_EQ(composed(context_, encoded, j), (q * messages[j] + t / 2) / t % q)
          << "t " << t << " message " << messages[j];
  }
}

// At every level, for any residues: the nearest message.
TEST_P(Sets, DecodingIsTheRoundedQuotientOfBigIntegers) {
  std::mt19937_64 generator(3);
  for (const MessageSpace& space : spaces_for(context_)) {
    for (std::size_t primes = 1; primes <= context_.primes(); ++primes) {
      if (context_.modulus_bits(primes) < space.bits + 10) continue;
      const Codec codec(context_, space, primes);
      Polynomial x(context_.degree(), primes);
      for (std::size_t i = 0; i < primes; ++i)
        for (Word& word : x.residues(i)) word = generator() % context_.modulus(i).value;
      const Polynomial kept = x;
      Vector decoded(context_.degree());
      codec.decode(decoded, x);
      const Big q = modulus_of(context_, primes), t = size_of(space);
      for (std::size_t j = 0; j < 100; ++j)
        ASSERT_EQ(decoded[j], (t * composed(context_, kept, j) * 2 + q) / (2 * q) % t) << "t " << t;
    }
  }
}

TEST_P(Sets, BothKindsOfEncryptionReadBackWithTheNoiseTheyPromise) {
  const SecretKey key(context_);
  Encryptor encryptor(key);
  const MaskSource masks(encryptor.mask_key());
  const PublicKey public_key = expand_public_key(context_, masks, encryptor.zero());
  PublicEncryptor public_encryptor(context_, public_key);
  for (const MessageSpace& space : {MessageSpace::power_of_two(20), MessageSpace::power_of_two(52),
                                    MessageSpace::prime(transform_primes(40, context_.degree(), 1)[0])}) {
    for (std::size_t primes = 1; primes <= context_.primes(); ++primes) {
      if (context_.modulus_bits(primes) < space.bits + 16) continue;
      const Codec codec(context_, space, primes);
      const Vector messages = messages_of(space, context_.degree(), primes);
      Vector read(context_.degree());
      const Ciphertext symmetric = expand(context_, masks, encryptor.encrypt(codec, messages));
      decrypt(read, key, codec, symmetric);
      EXPECT_EQ(read, messages);
      EXPECT_LE(measured_noise_bits(key, codec, symmetric), symmetric.noise.bits());
      const Ciphertext asymmetric = public_encryptor.encrypt(codec, messages);
      decrypt(read, key, codec, asymmetric);
      EXPECT_EQ(read, messages);
      EXPECT_LE(measured_noise_bits(key, codec, asymmetric), asymmetric.noise.bits());
      EXPECT_GT(measured_noise_bits(key, codec, asymmetric), asymmetric.noise.bits() - 3);
    }
  }
}

// A ciphertext in coefficients is the same ciphertext.
TEST_P(Sets, ReadsEitherForm) {
  const SecretKey key(context_);
  Encryptor encryptor(key);
  const Codec codec(context_, MessageSpace::power_of_two(16), context_.primes());
  const Vector messages = messages_of(codec.space(), context_.degree(), 4);
  Ciphertext ciphertext =
      expand(context_, MaskSource(encryptor.mask_key()), encryptor.encrypt(codec, messages));
  context_.backward(ciphertext.body);
  context_.backward(ciphertext.mask);
  ciphertext.form = Form::kCoefficients;
  Vector read(context_.degree());
  decrypt(read, key, codec, ciphertext);
  EXPECT_EQ(read, messages);
}

// Noise by big integers: its size as measured_noise_bits says, its mean and variance as binomial noise has.
TEST_P(Sets, FreshNoiseIsBinomial) {
  const SecretKey key(context_);
  Encryptor encryptor(key);
  const MaskSource masks(encryptor.mask_key());
  const Codec codec(context_, MessageSpace::power_of_two(16), context_.primes());
  const Big q = modulus_of(context_, context_.primes()), t = Big(1) << 16;
  double sum = 0, sum_of_squares = 0;
  constexpr std::size_t kCoefficients = 2000;
  const Vector messages = messages_of(codec.space(), context_.degree(), 5);
  const Ciphertext ciphertext = expand(context_, masks, encryptor.encrypt(codec, messages));
  const Polynomial x = decrypt_raw(key, ciphertext);
  Big largest = 0;
  for (std::size_t j = 0; j < context_.degree(); ++j) {
    const Big noise = centred(composed(context_, x, j) - (q * messages[j] + t / 2) / t, q);
    ASSERT_LE(abs(noise), 21);
    largest = std::max(largest, Big(abs(noise)));
    if (j >= kCoefficients) continue;
    sum += static_cast<double>(noise);
    sum_of_squares += static_cast<double>(noise) * static_cast<double>(noise);
  }
  EXPECT_DOUBLE_EQ(measured_noise_bits(key, codec, ciphertext), std::log2(static_cast<double>(largest)));
  // Six deviations of the estimates: the mean's is sqrt(10.5 / n), the variance's about 10.5 sqrt(2 / n).
  EXPECT_NEAR(sum / kCoefficients, 0, 6 * std::sqrt(10.5 / kCoefficients));
  EXPECT_NEAR(sum_of_squares / kCoefficients, 10.5, 6 * 10.5 * std::sqrt(2.0 / kCoefficients));
}

TEST(Encryption, SecretsAreUniformTernary) {
  const Context context(parameters_named("rotations-4096"));
  const SecretKey key(context);
  std::size_t counts[3] = {};
  for (const Word trit : key.trits()) ++counts[trit];
  const double expected = 4096.0 / 3, deviation = std::sqrt(4096.0 * 2 / 9);
  for (const std::size_t count : counts) EXPECT_NEAR(static_cast<double>(count), expected, 6 * deviation);
  // The values belong to the coefficients, modulo every prime and the special one.
  for (std::size_t i = 0; i <= context.special(); ++i) {
    const Modulus& modulus = context.modulus(i);
    AlignedVector<Word> s(context.degree());
    for (std::size_t j = 0; j < s.size(); ++j) s[j] = (key.trits()[j] + modulus.value - 1) % modulus.value;
    context.ntt(i).forward(s);
    for (std::size_t j = 0; j < s.size(); ++j)
      ASSERT_EQ(key.values().residues(i)[j], static_cast<Word>((Big(s[j]) << 52) % modulus.value));
  }
  EXPECT_FALSE(std::ranges::equal(key.trits(), SecretKey(context).trits()));
}

// By the definition in sampler.h, often enough that words are replaced.
TEST(Sampler, MasksAreTheAcceptableWordsOfTheirAddress) {
  const Context context(parameters_named("rotations-4096"));
  const prg::Key key = prg::random_key();
  const MaskSource source(key);
  const prg::Prg prg(key);
  const Word p = context.modulus(0).value;
  std::size_t replaced = 0;
  AlignedVector<Word> actual(context.degree()), words(context.degree()), more(64);
  for (std::uint32_t index = 0; index < 3000; ++index) {
    source.fill(actual, context, 0, index);
    prg.fill(words, {.step = index});
    std::size_t next = 64;
    std::uint8_t shard = 0;
    for (std::size_t j = 0; j < words.size(); ++j) {
      Word word = words[j] % (Word{1} << 36);
      while (word >= p) {
        if (next == 64) {
          prg.fill(more, {.step = index, .shard = ++shard});
          next = 0;
        }
        word = more[next++] % (Word{1} << 36);
        ++replaced;
      }
      ASSERT_EQ(actual[j], word);
    }
  }
  EXPECT_GT(replaced, 0u);
}

TEST(Slots, AreTheValuesAtPowersOfThree) {
  const std::size_t degree = 1024;
  const Word t = transform_primes(20, degree, 1)[0];
  const Slots slots(t, degree);
  const Ntt ntt(t, degree);
  const Modulus modulus(t);
  const Vector values = messages_of(MessageSpace::prime(t), degree, 6);
  Vector coefficients(degree), back(degree);
  slots.to_coefficients(coefficients, values);
  slots.to_slots(back, coefficients);
  EXPECT_EQ(back, values);
  std::size_t exponent = 1;
  for (std::size_t j = 0; j < degree / 2; ++j, exponent = exponent * 3 % (2 * degree)) {
    for (const std::size_t row : {0, 1}) {
      const Word point = power(ntt.root(), row == 0 ? exponent : 2 * degree - exponent, modulus);
      Word sum = 0;
      for (std::size_t i = degree; i-- > 0;) sum = (sum * point + coefficients[i]) % t;
      ASSERT_EQ(sum, values[row * degree / 2 + j]) << "row " << row << " slot " << j;
    }
  }
}

TEST(Codec, RefusesMessagesWithoutRoom) {
  using testing::HasSubstr;
  const Context context(parameters_named("products-4096"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { Codec(context, MessageSpace::power_of_two(46), 1); }),
              HasSubstr("messages of 46 bits leave no room for noise in a modulus of 50 bits"));
  EXPECT_THAT(
      error_of(ErrorKind::kUsage, [&] { Codec(context, MessageSpace::prime(context.modulus(1).value), 2); }),
      HasSubstr("is a prime of the ciphertexts"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { MessageSpace::power_of_two(65); }),
              HasSubstr("modulo 2^65 do not fit"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { MessageSpace::prime(65536); }),
              HasSubstr("65536 is no prime"));
}

}  // namespace
}  // namespace sotto::lattice
