#include "crypto/lattice/galois.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.h"
#include "crypto/lattice/hide.h"
#include "crypto/lattice/pack.h"
#include "crypto/lattice/slots.h"
#include "crypto/lattice/test_parties.h"

namespace sotto::lattice {
namespace {

// The image of a polynomial modulo t by the definition.
Vector image_of(const Vector& messages, std::uint32_t element, const MessageSpace& space) {
  const std::size_t n = messages.size();
  std::vector<Big> image(n);
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t power = i * element % (2 * n);
    image[power % n] = power < n ? Big(messages[i]) : Big(-Big(messages[i]));
  }
  return reduced(image, space);
}

GaloisKey key_for(Parties& parties, std::uint32_t element) {
  return {parties.context, parties.masks, make_galois_key(parties.key, parties.encryptor, element)};
}

class Rotations : public testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(All, Rotations,
                         testing::Values("rotations-4096", "rotations-8192", "products-8192", "shares-8192"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST_P(Rotations, ApplyIsTheAutomorphismOfTheMessages) {
  Parties parties(GetParam());
  const Context& context = parties.context;
  const auto degree = static_cast<std::uint32_t>(context.degree());
  const MessageSpace space = MessageSpace::power_of_two(24);
  for (const std::uint32_t element : {3u, 2 * degree - 1, degree + 1, 5u}) {
    const GaloisKey key = key_for(parties, element);
    for (std::size_t primes = 1; primes <= context.parameters().switching_primes; ++primes) {
      if (context.modulus_bits(primes) < 42) continue;
      const Codec codec(context, space, primes);
      const Vector messages = messages_of(space, degree, element);
      const Ciphertext image = apply(context, key, parties.encrypt(codec, messages));
      EXPECT_EQ(parties.read(space, image), image_of(messages, element, space))
          << "element " << element << " over " << primes << " primes";
    }
  }
}

// Example: slots move left by one.
TEST(Galois, RotatesSlots) {
  Parties parties("rotations-4096");
  const Word t = transform_primes(20, 4096, 1)[0];
  const MessageSpace space = MessageSpace::prime(t);
  const Slots slots(t, 4096);
  const Codec codec(parties.context, space, 2);
  const Vector values = messages_of(space, 4096, 1);
  Vector coefficients(4096), rotated(4096);
  slots.to_coefficients(coefficients, values);
  const Ciphertext image = apply(parties.context, key_for(parties, 3), parties.encrypt(codec, coefficients));
  slots.to_slots(rotated, parties.read(space, image));
  for (std::size_t j = 0; j < 2048; ++j) {
    ASSERT_EQ(rotated[j], values[(j + 1) % 2048]);
    ASSERT_EQ(rotated[2048 + j], values[2048 + (j + 1) % 2048]);
  }
}

TEST_P(Rotations, PackingInterleaves) {
  Parties parties(GetParam());
  const Context& context = parties.context;
  const std::size_t degree = context.degree(), primes = context.parameters().switching_primes;
  const MessageSpace space = MessageSpace::power_of_two(32);
  const Codec codec(context, space, primes);
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{16}}) {
    std::vector<Ciphertext> ciphertexts;
    std::vector<GaloisKey> keys;
    std::vector<const GaloisKey*> key_pointers;
    for (const std::uint32_t element : packing_elements(degree, count))
      keys.push_back(key_for(parties, element));
    for (const GaloisKey& key : keys) key_pointers.push_back(&key);
    Vector expected(degree);
    for (std::size_t i = 0; i < count; ++i) {
      const Vector messages = messages_of(space, degree, i);
      for (std::size_t j = 0; j < degree; j += count) expected[j + i] = messages[j];
      ciphertexts.push_back(parties.encrypt(codec, messages));
    }
    const Ciphertext packed = pack(context, key_pointers, std::move(ciphertexts));
    EXPECT_EQ(parties.read(space, packed), expected) << count << " ciphertexts";
  }
}

// Fewer than there is room for, as they come: what is left empty is zero.
TEST(Packing, TakesCiphertextsAsTheyCome) {
  Parties parties("shares-8192");
  const Context& context = parties.context;
  constexpr std::size_t kCount = 8;
  const MessageSpace space = MessageSpace::power_of_two(64);
  const Codec codec(context, space, 4);
  std::vector<GaloisKey> keys;
  std::vector<const GaloisKey*> key_pointers;
  for (const std::uint32_t element : packing_elements(8192, kCount))
    keys.push_back(key_for(parties, element));
  for (const GaloisKey& key : keys) key_pointers.push_back(&key);
  Packer packer(context, key_pointers, kCount, 4);
  for (const std::size_t pushed : {1, 2, 3, 5, 7, 8}) {
    Vector expected(8192);
    std::set<std::size_t> places;
    for (std::size_t u = 0; u < pushed; ++u) {
      const Vector messages = messages_of(space, 8192, u);
      const std::size_t place = Packer::place(u, kCount);
      places.insert(place);
      for (std::size_t j = 0; j < 8192; j += kCount) expected[j + place] = messages[j];
      packer.push(parties.encrypt(codec, messages));
    }
    EXPECT_EQ(places.size(), pushed);
    EXPECT_EQ(parties.read(space, packer.finish()), expected) << pushed;
  }
}

// All coefficients from constant terms: the deepest packing there is, over one prime.
TEST(Packing, TakesConstantTermsOfTheWholeDegree) {
  Parties parties("products-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(20);
  const Codec codec(context, space, 1);
  std::vector<GaloisKey> keys;
  std::vector<const GaloisKey*> key_pointers;
  for (const std::uint32_t element : packing_elements(4096, 4096)) keys.push_back(key_for(parties, element));
  for (const GaloisKey& key : keys) key_pointers.push_back(&key);
  std::vector<Ciphertext> ciphertexts;
  Vector expected(4096);
  for (std::size_t i = 0; i < 4096; ++i) {
    Vector messages = messages_of(space, 4096, i);
    messages[0] = messages[i];
    expected[i] = messages[i];
    ciphertexts.push_back(parties.encrypt(codec, messages));
  }
  EXPECT_EQ(parties.read(space, pack(context, key_pointers, std::move(ciphertexts))), expected);
}

TEST(Galois, RefusesWhatIsNoAutomorphism) {
  Parties parties("rotations-4096");
  for (const std::uint32_t element : {0u, 2u, 8192u, 8193u}) {
    try {
      make_galois_key(parties.key, parties.encryptor, element);
      FAIL() << element;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_THAT(error.message(), testing::HasSubstr("is no automorphism of degree 4096"));
    }
  }
}

// The noise that the owner sees is flooded, the messages stay, masks change.
TEST(Hiding, FloodsNoiseAndReplacesTheMask) {
  Parties parties("products-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(20);
  const Codec codec(context, space, 2);
  const PublicKey public_key = expand_public_key(context, parties.masks, parties.encryptor.zero());
  Hider hider(context, public_key);
  const Vector messages = messages_of(space, 4096, 1);
  for (const bool coefficients : {false, true}) {
    Ciphertext ciphertext = parties.encrypt(codec, messages);
    if (coefficients) to_coefficients(context, ciphertext);
    const Ciphertext original = ciphertext;
    hider.hide(codec, ciphertext, 4096);
    EXPECT_EQ(ciphertext.form, original.form);
    EXPECT_EQ(parties.read(space, ciphertext), messages);
    // Largest of 4096 sums of three numbers below 2^b, b at least 40 + 6 over the noise of both encryptions.
    const double before = fresh_public_noise(context).bits(),
                 after = measured_noise_bits(parties.key, codec, ciphertext);
    EXPECT_GT(after, before + 40 + 6 + 1);
    EXPECT_FALSE(std::ranges::equal(ciphertext.mask.words(), original.mask.words()));
  }
}

// The flood's mean is zero, its variance that of three uniform numbers, by big integers; and so is its fourth
// moment, by which it is no single uniform number.
TEST(Hiding, TheFloodIsASumOfThree) {
  Parties parties("products-8192");
  const Context& context = parties.context;
  const Codec codec(context, MessageSpace::power_of_two(16), 4);
  const PublicKey public_key = expand_public_key(context, parties.masks, parties.encryptor.zero());
  Hider hider(context, public_key);
  Ciphertext ciphertext = parties.encrypt(codec, Vector(8192, 0));
  // A flood of more than 64 bits.
  ciphertext.noise.bound = 0x1p40;
  hider.hide(codec, ciphertext, 8192);
  const Polynomial x = decrypt_raw(parties.key, ciphertext);
  const Big q = modulus_of(context, 4);
  const double size = std::exp2(std::ceil(40 + 40 + 6.5 + 1e-6));
  double sum = 0, squares = 0, fourths = 0;
  for (std::size_t j = 0; j < 8192; ++j) {
    const double noise = static_cast<double>(centred(composed(context, x, j), q)) / size;
    ASSERT_LE(std::abs(noise), 3 + 1e-6);
    sum += noise;
    squares += noise * noise;
    fourths += std::pow(noise, 4);
  }
  // Moments of a sum of three: variance 1, and 3 - 2/5 for the fourth; deviations of their estimates by the
  // fourth and eighth.
  EXPECT_NEAR(sum / 8192, 0, 6 * std::sqrt(1.0 / 8192));
  EXPECT_NEAR(squares / 8192, 1, 6 * std::sqrt(1.6 / 8192));
  EXPECT_NEAR(fourths / 8192, 2.6, 6 * std::sqrt(45.0 / 8192));
}

TEST(Hiding, RefusesWhereNoiseWouldReachTheMessages) {
  Parties parties("rotations-4096");
  const Context& context = parties.context;
  const Codec codec(context, MessageSpace::power_of_two(20), 2);
  const PublicKey public_key = expand_public_key(context, parties.masks, parties.encryptor.zero());
  Hider hider(context, public_key);
  Ciphertext ciphertext = parties.encrypt(codec, Vector(4096, 1));
  try {
    hider.hide(codec, ciphertext, 4096);
    FAIL() << "no room was needed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.message(), testing::HasSubstr("messages of 20 bits leave 51.0"));
  }
}

}  // namespace
}  // namespace sotto::lattice
