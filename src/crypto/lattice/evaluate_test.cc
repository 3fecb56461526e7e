#include "crypto/lattice/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "crypto/lattice/test_parties.h"

namespace sotto::lattice {
namespace {

// Example: the weighted sum of encrypted polynomials, then a smaller modulus for the way back.
TEST(Evaluate, SumsProductsOfEncryptedAndKnownPolynomials) {
  Parties parties("products-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(32);
  const Codec codec(context, space, 2);
  constexpr std::size_t kTerms = 3, kWeights = 20;
  std::vector<Big> sums(context.degree());
  std::vector<Ciphertext> ciphertexts;
  std::vector<Plaintext> plaintexts;
  for (std::size_t i = 0; i < kTerms; ++i) {
    const Vector messages = messages_of(space, context.degree(), i);
    const Integers weights = sparse_integers(context.degree(), kWeights, 32767, i);
    ciphertexts.push_back(parties.encrypt(codec, messages));
    plaintexts.push_back(make_plaintext(context, 2, weights, 32767, kWeights));
    add_product(sums, messages, weights);
  }
  std::vector<const Ciphertext*> terms;
  std::vector<const Plaintext*> factors;
  for (std::size_t i = 0; i < kTerms; ++i) {
    terms.push_back(&ciphertexts[i]);
    factors.push_back(&plaintexts[i]);
  }
  Ciphertext result = product_sum(context, terms, factors);
  EXPECT_EQ(parties.read(space, result), reduced(sums, space));
  switch_modulus(context, result, 1);
  EXPECT_EQ(parties.read(space, result), reduced(sums, space));
}

// More terms than one dot product takes, and several rows: row r has the plaintext r + 1 everywhere.
TEST(Evaluate, SumsAnyNumberOfTermsForManyRows) {
  Parties parties("rotations-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(20);
  const Codec codec(context, space, 2);
  constexpr std::size_t kTerms = kMaxTerms + 3;
  const Vector x = messages_of(space, 4096, 1), y = messages_of(space, 4096, 2);
  const Ciphertext even = parties.encrypt(codec, x), odd = parties.encrypt(codec, y);
  std::vector<const Ciphertext*> terms;
  for (std::size_t i = 0; i < kTerms; ++i) terms.push_back(i % 2 == 0 ? &even : &odd);
  std::vector<Plaintext> constants;
  for (std::int64_t row = 0; row < 3; ++row) {
    Integers constant(4096);
    constant[0] = row + 1;
    constants.push_back(make_plaintext(context, 2, constant, 3, 1));
  }
  std::vector<std::vector<const Plaintext*>> pointers;
  for (const Plaintext& constant : constants) pointers.emplace_back(kTerms, &constant);
  const std::vector<PlaintextRow> rows(pointers.begin(), pointers.end());
  const std::vector<Ciphertext> results = product_sums(context, terms, rows);
  for (std::size_t row = 0; row < 3; ++row) {
    std::vector<Big> expected;
    for (std::size_t i = 0; i < 4096; ++i)
      expected.push_back((Big(x[i]) * ((kTerms + 1) / 2) + Big(y[i]) * (kTerms / 2)) * (row + 1));
    EXPECT_EQ(parties.read(space, results[row]), reduced(expected, space)) << "row " << row;
  }
}

// The largest multipliers there are, modulo 2^64 at 200 bits, with dense weights.
TEST(Evaluate, MultipliesSharesOf64Bits) {
  Parties parties("products-8192");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(64);
  const Codec codec(context, space, 4);
  const Vector messages = messages_of(space, context.degree(), 1);
  Integers weights = sparse_integers(context.degree(), 200, INT64_MAX, 2);
  weights[17] = INT64_MIN;
  const Plaintext plaintext = make_plaintext(context, 4, weights, 0x1p63, context.degree());
  std::vector<Big> sums(context.degree());
  add_product(sums, messages, weights);
  const Ciphertext ciphertext = parties.encrypt(codec, messages);
  const Ciphertext* term = &ciphertext;
  const Plaintext* factor = &plaintext;
  Ciphertext result = product_sum(context, {&term, 1}, {&factor, 1});
  EXPECT_EQ(parties.read(space, result), reduced(sums, space));
  switch_modulus(context, result, 3);
  EXPECT_EQ(parties.read(space, result), reduced(sums, space));
}

TEST(Evaluate, AddsAndSubtractsCiphertextsAndMessagesInBothForms) {
  Parties parties("rotations-4096");
  const Context& context = parties.context;
  for (const MessageSpace& space :
       {MessageSpace::power_of_two(13), MessageSpace::prime(transform_primes(30, 4096, 1)[0])}) {
    const Codec codec(context, space, 2);
    const Vector x = messages_of(space, 4096, 1), y = messages_of(space, 4096, 2),
                 z = messages_of(space, 4096, 3);
    for (const bool coefficients : {false, true}) {
      Ciphertext a = parties.encrypt(codec, x), b = parties.encrypt(codec, y), c = parties.encrypt(codec, z);
      for (Ciphertext* each : {&a, &b, &c})
        if (coefficients) to_coefficients(context, *each);
      add(context, a, b);
      subtract(context, a, c);
      subtract(context, a, c);
      add_messages(codec, a, y);
      std::vector<Big> expected;
      for (std::size_t i = 0; i < x.size(); ++i)
        expected.push_back(Big(x[i]) + Big(y[i]) * 2 - Big(z[i]) * 2);
      EXPECT_EQ(parties.read(space, a), reduced(expected, space));
      to_values(context, a);
      EXPECT_EQ(parties.read(space, a), reduced(expected, space));
    }
  }
}

// Of any residues, in either form, by big integers.
TEST(Evaluate, ModulusSwitchingIsTheRoundedQuotient) {
  const Context context(parameters_named("rotations-8192"));
  std::mt19937_64 generator(4);
  for (const bool values : {false, true}) {
    Ciphertext ciphertext{
        .body = Polynomial(8192, 4), .mask = Polynomial(8192, 4), .form = Form::kCoefficients, .noise = {}};
    for (Polynomial* part : {&ciphertext.body, &ciphertext.mask})
      for (std::size_t i = 0; i < 4; ++i)
        for (Word& word : part->residues(i)) word = generator() % context.modulus(i).value;
    Ciphertext switched = ciphertext;
    if (values) to_values(context, switched);
    switch_modulus(context, switched, 3);
    to_coefficients(context, switched);
    const Big p = context.modulus(3).value, q = modulus_of(context, 3);
    for (std::size_t j = 0; j < 100; ++j) {
      ASSERT_EQ(composed(context, switched.body, j),
                (composed(context, ciphertext.body, j) * 2 + p) / (2 * p) % q);
      ASSERT_EQ(composed(context, switched.mask, j),
                (composed(context, ciphertext.mask, j) * 2 + p) / (2 * p) % q);
    }
  }
}

TEST(Evaluate, RefusesNoiseThatCouldBeMisread) {
  Parties parties("rotations-4096");
  const Codec codec(parties.context, MessageSpace::power_of_two(40), 2);
  const Ciphertext ciphertext = parties.encrypt(codec, Vector(4096, 1));
  const Plaintext plaintext = make_plaintext(parties.context, 2, Integers(4096, 1 << 20), 1 << 20, 4096);
  const Ciphertext* term = &ciphertext;
  const Plaintext* factor = &plaintext;
  const Ciphertext product = product_sum(parties.context, {&term, 1}, {&factor, 1});
  try {
    check_room(codec, product);
    FAIL() << "noise of " << product.noise.bits() << " bits was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.message(), testing::HasSubstr("and messages of 40 bits leave 31.0"));
  }
}

}  // namespace
}  // namespace sotto::lattice
