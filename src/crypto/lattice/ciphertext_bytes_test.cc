#include "crypto/lattice/ciphertext_bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "base/test_errors.h"
#include "crypto/lattice/hide.h"
#include "crypto/lattice/test_parties.h"

namespace sotto::lattice {
namespace {

using testing::HasSubstr;

// Example: an encrypted vector there, its product with a small polynomial back.
TEST(CiphertextBytes, CarryAQuestionAndItsReply) {
  Parties parties("products-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(16);
  const Vector messages = messages_of(space, 4096, 1);
  const SeededCiphertext question = parties.encryptor.encrypt(Codec(context, space, 2), messages);
  const Bytes there = to_bytes(context, question);
  EXPECT_EQ(there.size(), 11 + 2 * 4096 * 50 / 8);

  const Ciphertext received = expand(context, parties.masks, read_seeded(context, there));
  const Integers weights = sparse_integers(4096, 9, 1000, 2);
  const Plaintext plaintext = make_plaintext(context, 2, weights, 1000, 9);
  const Ciphertext* term = &received;
  const Plaintext* factor = &plaintext;
  Ciphertext product = product_sum(context, {&term, 1}, {&factor, 1});
  switch_modulus(context, product, 1);
  to_coefficients(context, product);

  // Only three coefficients are asked for.
  const Codec codec(context, space, 1);
  const ReplyShape shape = reply_shape(codec, product.noise, {0, 7, 4095});
  const Bytes back = reply_to_bytes(context, product, shape);
  EXPECT_LE(back.size(), 7 + (3 * 19 + 7) / 8 + 4096 * 28 / 8);
  const Ciphertext reply = read_reply(context, back, shape, product.noise);
  check_room(codec, reply);
  Vector read(4096);
  decrypt(read, parties.key, codec, reply);
  std::vector<Big> sums(4096);
  add_product(sums, messages, weights);
  const Vector expected = reduced(sums, space);
  for (const std::uint32_t position : shape.positions) EXPECT_EQ(read[position], expected[position]);
}

// A product of 64-bit shares, all of it: masked by a share of the other side, hidden, over two primes back.
TEST(CiphertextBytes, CarryProductsOfSharesOf64Bits) {
  Parties parties("products-8192");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(64);
  const Codec codec(context, space, 4), reply_codec(context, space, 2);
  const Vector x = messages_of(space, 8192, 1), share = messages_of(space, 8192, 2);
  const Integers weights = sparse_integers(8192, 40, INT64_MAX, 3);
  const Plaintext plaintext = make_plaintext(context, 4, weights, 0x1p63, 8192);
  const PublicKey public_key = expand_public_key(context, parties.masks, parties.encryptor.zero());
  const Ciphertext encrypted = parties.encrypt(codec, x);
  const Ciphertext* term = &encrypted;
  const Plaintext* factor = &plaintext;
  Ciphertext product = product_sum(context, {&term, 1}, {&factor, 1});
  add_messages(codec, product, share);
  Hider(context, public_key).hide(codec, product, 8192);
  switch_modulus(context, product, 2);
  to_coefficients(context, product);
  std::vector<std::uint32_t> positions(8192);
  std::iota(positions.begin(), positions.end(), 0);
  const ReplyShape shape = reply_shape(reply_codec, product.noise, positions);
  const Ciphertext reply = read_reply(context, reply_to_bytes(context, product, shape), shape, product.noise);
  std::vector<Big> sums(share.begin(), share.end());
  add_product(sums, x, weights);
  EXPECT_EQ(parties.read(space, reply), reduced(sums, space));
}

// Fractions of numbers modulo several primes: messages of 40 bits over two primes in about 50 bits each.
TEST(CiphertextBytes, RepliesOverSeveralPrimesAreFractions) {
  Parties parties("products-4096");
  const Context& context = parties.context;
  const MessageSpace space = MessageSpace::power_of_two(40);
  const Codec codec(context, space, 2);
  const Vector messages = messages_of(space, 4096, 1);
  Ciphertext ciphertext = parties.encrypt(codec, messages);
  to_coefficients(context, ciphertext);
  std::vector<std::uint32_t> positions(4096);
  std::iota(positions.begin(), positions.end(), 0);
  const ReplyShape shape = reply_shape(codec, ciphertext.noise, positions);
  EXPECT_LE(shape.body_bits, 43);
  EXPECT_LE(shape.mask_bits, 52);
  const Bytes bytes = reply_to_bytes(context, ciphertext, shape);
  EXPECT_EQ(bytes.size(), 7u + 512 * static_cast<std::size_t>(shape.body_bits + shape.mask_bits));
  EXPECT_EQ(parties.read(space, read_reply(context, bytes, shape, ciphertext.noise)), messages);
}

// The reply of a sender that uses all the room there is.
TEST(CiphertextBytes, RepliesKeepTheMessagesWhateverTheNoise) {
  Parties parties("rotations-4096");
  const Context& context = parties.context;
  std::vector<std::uint32_t> positions(4096);
  for (std::uint32_t i = 0; i < 4096; ++i) positions[i] = i;
  for (int bits = 1; bits <= 24; ++bits) {
    const MessageSpace space = MessageSpace::power_of_two(bits);
    const Codec codec(context, space, 1);
    const Vector messages = messages_of(space, 4096, static_cast<std::uint64_t>(bits));
    Ciphertext ciphertext = parties.encrypt(codec, messages);
    to_coefficients(context, ciphertext);
    const ReplyShape shape = reply_shape(codec, ciphertext.noise, positions);
    EXPECT_LT((ciphertext.noise + reply_noise(context, shape)).bits(), codec.room_bits());
    const Ciphertext reply =
        read_reply(context, reply_to_bytes(context, ciphertext, shape), shape, ciphertext.noise);
    EXPECT_EQ(parties.read(space, reply), messages) << bits << " bits";
  }
}

TEST(CiphertextBytes, ReadBackWhatWasWritten) {
  for (const Parameters& set : all_parameters()) {
    Parties parties(set.name.c_str());
    const Context& context = parties.context;
    for (std::size_t primes = 1; primes <= context.primes(); ++primes) {
      const Codec codec(context, MessageSpace::power_of_two(8), primes);
      const SeededCiphertext seeded =
          parties.encryptor.encrypt(codec, messages_of(codec.space(), context.degree(), 1));
      const SeededCiphertext again = read_seeded(context, to_bytes(context, seeded));
      EXPECT_EQ(again.index, seeded.index);
      EXPECT_TRUE(std::ranges::equal(again.body.words(), seeded.body.words()));
      Ciphertext ciphertext = expand(context, parties.masks, seeded);
      if (primes == 1) to_coefficients(context, ciphertext);
      const Ciphertext read = read_ciphertext(context, to_bytes(context, ciphertext), ciphertext.noise);
      EXPECT_EQ(read.form, ciphertext.form);
      EXPECT_EQ(read.noise.bits(), ciphertext.noise.bits());
      EXPECT_TRUE(std::ranges::equal(read.body.words(), ciphertext.body.words()));
      EXPECT_TRUE(std::ranges::equal(read.mask.words(), ciphertext.mask.words()));
    }
    const SeededGaloisKey key = make_galois_key(parties.key, parties.encryptor, 5);
    const SeededGaloisKey read = read_galois_key(context, to_bytes(context, key));
    EXPECT_EQ(read.element, key.element);
    ASSERT_EQ(read.digits.size(), key.digits.size());
    for (std::size_t i = 0; i < key.digits.size(); ++i) {
      EXPECT_EQ(read.digits[i].index, key.digits[i].index);
      EXPECT_TRUE(std::ranges::equal(read.digits[i].body.words(), key.digits[i].body.words()));
    }
  }
}

TEST(CiphertextBytes, RefuseWhatIsNoCiphertext) {
  Parties parties("rotations-4096");
  const Context& context = parties.context;
  const Codec codec(context, MessageSpace::power_of_two(8), 2);
  const Bytes good = to_bytes(context, parties.encryptor.encrypt(codec, Vector(4096, 1)));
  const auto read = [&](const Bytes& bytes) {
    return error_of(ErrorKind::kPeer, [&] { read_seeded(context, bytes); });
  };
  const auto with = [&](std::size_t position, int value) {
    Bytes bad = good;
    bad[position] = static_cast<std::byte>(value);
    return bad;
  };
  EXPECT_EQ(read(good), "no error");
  EXPECT_THAT(read({}), HasSubstr("ends at byte 0 where 1 more are needed"));
  EXPECT_THAT(read(with(0, 2)), HasSubstr("is of kind 2 where kind 1 is due"));
  EXPECT_THAT(read(with(1, 9)), HasSubstr("has version 9; this program speaks version 1"));
  EXPECT_THAT(read(with(2, static_cast<int>(good[2]) ^ 1)),
              HasSubstr("belongs to other parameters than rotations-4096"));
  EXPECT_THAT(read(with(6, 0)), HasSubstr("has 0 primes where 1 to 2 may be"));
  EXPECT_THAT(read(with(6, 3)), HasSubstr("has 3 primes where 1 to 2 may be"));
  EXPECT_THAT(read(with(6, 1)), HasSubstr("has 18432 unexpected bytes at its end"));
  EXPECT_THAT(read(Bytes(good.begin(), good.end() - 1)), HasSubstr("where 18432 more are needed"));
  Bytes large = good;
  std::fill_n(large.end() - 9, 9, std::byte{0xFF});
  EXPECT_THAT(read(large), HasSubstr("has a residue that is not below its prime"));

  const Context other(parameters_named("products-4096"));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { read_seeded(other, good); }),
              HasSubstr("belongs to other parameters than products-4096"));
  Bytes key = to_bytes(context, make_galois_key(parties.key, parties.encryptor, 3));
  key[7] = std::byte{4};
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { read_galois_key(context, key); }),
              HasSubstr("X -> X^4, which is no automorphism"));
  key[6] = std::byte{1};
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { read_galois_key(context, key); }),
              HasSubstr("has 1 digits where 2 are due"));
  Bytes pair = to_bytes(context, expand(context, parties.masks, read_seeded(context, good)));
  pair[7] = std::byte{2};
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { read_ciphertext(context, pair, {}); }),
              HasSubstr("is in the unknown form 2"));
}

}  // namespace
}  // namespace sotto::lattice
