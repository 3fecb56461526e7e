#include "protocols/he/share.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "base/error.h"
#include "base/ring.h"
#include "crypto/lattice/ciphertext_bytes.h"
#include "crypto/lattice/measure.h"
#include "protocols/he/test_pair.h"

namespace sotto::protocols::he {
namespace {

using testing::HasSubstr;
using Integers = std::vector<std::uint64_t>;

Pair& pair() {
  static Pair instance;
  return instance;
}

// Signed numbers of `bits` bits; the extremes first.
Integers numbers(std::size_t count, int bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Integers values(count);
  for (auto& value : values)
    value = static_cast<std::uint64_t>(static_cast<std::int64_t>(random()) >> (64 - bits));
  const std::uint64_t lowest = ~std::uint64_t{0} << (bits - 1);
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 3); ++i)
    values[i] = std::array{lowest, ~lowest, ~std::uint64_t{0}}[i];
  return values;
}

// By the definition.
Integers product_of(const Integers& a, const Integers& b, const MatrixShape& shape) {
  Integers result(shape.m * shape.n);
  for (std::size_t i = 0; i < shape.m; ++i)
    for (std::size_t l = 0; l < shape.k; ++l)
      for (std::size_t j = 0; j < shape.n; ++j)
        result[i * shape.n + j] += a[i * shape.k + l] * b[l * shape.n + j];
  return result;
}

Integers opened(const Pair::Outcome& outcome, int bits = 64) {
  Integers sum(outcome.words[0].size());
  ring::add(sum, outcome.words[0].span(), outcome.words[1].span());
  ring::mask_low(sum, sum, bits);
  return sum;
}

Integers low(Integers values, int bits) {
  ring::mask_low(values, values, bits);
  return values;
}

Words zeros(const Context& at, std::size_t count) {
  Words words = at.words(count);
  at.local([&] { std::ranges::fill(words.mutable_span(), 0); });
  return words;
}

Words known(const Context& at, bool mine, const Integers& values) {
  return mine && !at.counting() ? Words::copy_of(values) : Words();
}

Pair::Program product_program(const ProductPlan& plan, const Integers& a, const Integers& b, int owner = 0) {
  return [&, plan, owner](Context& at, Ends* ends) -> Task<Words> {
    const bool owns = at.self() == owner;
    const Words sum = zeros(at, plan.layout->results());
    const EncryptedOperand encrypted = co_await encrypt(at, ends, owner, plan, known(at, owns, a));
    co_await return_shares(at, ends, multiply(at, ends, encrypted, known(at, !owns, b)), sum);
    co_return sum;
  };
}

// The first factor encrypted.
ProductPlan plan_for(const MatrixShape& shape, const Numbers& numbers = {}) {
  return plan_matrix(shape, false, {.rows = shape.m, .inner = shape.k}, numbers, {}).value();
}

TEST(HeShare, ProductsAreExact) {
  for (const MatrixShape shape :
       {MatrixShape{1, 1, 1}, {3, 5, 7}, {128, 128, 10}, {2, 9000, 3}, {1, 300, 700}, {70, 65, 64}}) {
    const Integers a = numbers(shape.m * shape.k, 64, 1), b = numbers(shape.k * shape.n, 64, 2);
    const ProductPlan plan = plan_for(shape);
    for (const int owner : {0, 1}) {
      const Pair::Outcome outcome = pair().run(product_program(plan, a, b, owner));
      EXPECT_EQ(opened(outcome), product_of(a, b, shape)) << shape.m << "x" << shape.k << "x" << shape.n;
      EXPECT_EQ(outcome.rounds, 2u);
    }
  }
}

// The largest numbers there are, over the longest inner extent that one gap allows, at every place: the noise
// comes as near its bound as numbers can bring it.
TEST(HeShare, ExtremeNumbersAreExact) {
  const MatrixShape shape{2, 1 << 16, 1};
  for (const std::uint64_t extreme :
       {std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1, ~std::uint64_t{0}}) {
    const Integers a(shape.m * shape.k, ~std::uint64_t{0} - 5), b(shape.k, extreme);
    const ProductPlan plan = plan_for(shape);
    EXPECT_EQ(opened(pair().run(product_program(plan, a, b))), product_of(a, b, shape));
  }
}

// Blocks of every kind, not only those that the cost prefers.
TEST(HeShare, ShapesThatFillBlocksPartly) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 12; ++i) {
    const MatrixShape shape{1 + random() % 40, 1 + random() % 200, 1 + random() % 60};
    const Integers a = numbers(shape.m * shape.k, 64, random()), b = numbers(shape.k * shape.n, 64, random());
    EXPECT_EQ(opened(pair().run(product_program(plan_for(shape), a, b))), product_of(a, b, shape));
  }
}

TEST(HeShare, NarrowMultipliersAndResultsTakeFewerPrimes) {
  const MatrixShape shape{1, 512, 300};
  const Numbers narrow{.multiplier_bits = 16}, small{.multiplier_bits = 12, .result_bits = 24};
  EXPECT_LT(plan_for(shape, narrow).path.fresh, plan_for(shape).path.fresh);
  EXPECT_LT(plan_for(shape, small).path.fresh, plan_for(shape, narrow).path.fresh);
  for (const Numbers& wanted : {narrow, small}) {
    const Integers a = numbers(512, 64, 3), b = numbers(512 * 300, wanted.multiplier_bits, 4);
    const Pair::Outcome outcome = pair().run(product_program(plan_for(shape, wanted), a, b));
    EXPECT_EQ(opened(outcome, wanted.result_bits), low(product_of(a, b, shape), wanted.result_bits));
  }
}

TEST(HeShare, SumsOfProductsAndKnownNumbers) {
  const MatrixShape shape{5, 40, 33};
  const ProductPlan plan = plan_for(shape, {.summands = 2});
  const Integers a = numbers(200, 64, 1), b = numbers(40 * 33, 64, 2), c = numbers(40 * 33, 64, 3),
                 more = numbers(5 * 33, 64, 4);
  const auto program = [&](Context& at, Ends* ends) -> Task<Words> {
    const Words sum = zeros(at, 5 * 33);
    const EncryptedOperand encrypted = co_await encrypt(at, ends, 1, plan, known(at, at.self() == 1, a));
    EncryptedProduct product = multiply(at, ends, encrypted, Words::copy_of(b));
    add(at, product, multiply(at, ends, encrypted, Words::copy_of(c)));
    add_known(at, product, Words::copy_of(more));
    add_known(at, product, Words::copy_of(more));
    co_await return_shares(at, ends, std::move(product), sum);
    co_return sum;
  };
  Integers expected = product_of(a, b, shape);
  ring::add(expected, expected, product_of(a, c, shape));
  for (int i = 0; i < 2; ++i) ring::add(expected, expected, more);
  EXPECT_EQ(opened(pair().run(program)), expected);
}

TEST(HeShare, CostsAreFunctionsOfShapes) {
  struct Case {
    MatrixShape shape;
    int bits;
  };
  for (const auto& [shape, bits] : {Case{{3, 5, 7}, 64}, {{128, 784, 128}, 64}, {{1, 3000, 2000}, 16}}) {
    const ProductPlan plan = plan_for(shape, {.multiplier_bits = bits});
    const Pair::Outcome counted = Pair::count(product_program(plan, {}, {}));
    EXPECT_EQ(counted.bytes[0], plan.cost.up);
    EXPECT_NEAR(static_cast<double>(counted.bytes[1]), static_cast<double>(plan.cost.back),
                0.01 * static_cast<double>(plan.cost.back));
    EXPECT_EQ(counted.rounds, 2u);
    if (shape.m == 128) continue;
    const Integers a = numbers(shape.m * shape.k, 64, 1), b = numbers(shape.k * shape.n, bits, 2);
    EXPECT_EQ(pair().run(product_program(plan, a, b)).bytes, counted.bytes);
  }
}

TEST(HeShare, EveryResultHasOnePlace) {
  const ProductPlan plan = plan_for({70, 65, 64});
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < plan.replies(); ++i) {
    const std::vector<Layout::Place> places = plan.places(i);
    for (std::size_t k = 1; k < places.size(); ++k)
      EXPECT_LT(places[k - 1].coefficient, places[k].coefficient);
    for (const Layout::Place& place : places) seen.insert(place.result);
  }
  EXPECT_EQ(seen.size(), 70u * 64);
}

// What the key's owner decrypts, the noise included, says nothing of the holder's numbers: it is as large for
// a product with zeros as for one with the largest numbers.
TEST(HeShare, NoiseThatReturnsIsFlooded) {
  const MatrixShape shape{1, 64, 1};
  const ProductPlan plan = plan_for(shape);
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1} << 63}) {
    const Integers a(64, 3), b(64, value);
    const auto program = [&](Context& at, Ends* ends) -> Task<Words> {
      const EncryptedOperand encrypted = co_await encrypt(at, ends, 0, plan, known(at, at.self() == 0, a));
      EncryptedProduct product = multiply(at, ends, encrypted, Words::copy_of(b));
      if (at.self() == 1) {
        const lattice::Codec codec(context(), plan.space(), plan.path.packed);
        const double before =
            lattice::measured_noise_bits(pair().ends(0).own->key(), codec, product.ciphertexts[0]);
        ends->other->hide(codec, product.ciphertexts[0], 1);
        const double after =
            lattice::measured_noise_bits(pair().ends(0).own->key(), codec, product.ciphertexts[0]);
        EXPECT_GT(after, before + lattice::kHidingBits + 23);
        EXPECT_GT(after, plan.path.result.bits() + lattice::kHidingBits + 23);
      }
      co_return at.words(1);
    };
    pair().run(program);
  }
}

// ---- Misuse
// ----------------------------------------------------------------------------------------------------

template <class Function>
std::string message_of(ErrorKind kind, const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(HeShare, RefusesMultipliersThatAreTooLarge) {
  const ProductPlan plan = plan_for({1, 4, 2}, {.multiplier_bits = 16});
  const Integers a(4, 1);
  for (const std::uint64_t value : {(std::uint64_t{1} << 15) + 1, ~std::uint64_t{0} << 16}) {
    Integers b(8);
    b[5] = value;
    EXPECT_THAT(message_of(ErrorKind::kData, [&] { pair().run(product_program(plan, a, b)); }),
                HasSubstr("more than the 16 bits that were declared"));
  }
}

// A first party that sends `bytes` where ciphertexts are due.
std::string refusal_of(const ProductPlan& plan, const Bytes& bytes) {
  return message_of(ErrorKind::kPeer, [&] {
    pair().run([&](Context& at, Ends* ends) -> Task<Words> {
      if (at.self() == 1) {
        co_await encrypt(at, ends, 0, plan, Words());
        co_return Words();
      }
      at.rounds().send(1, bytes.data(), bytes.size());
      co_await at.next_round();
      co_return Words();
    });
  });
}

TEST(HeShare, RefusesHostileCiphertexts) {
  const ProductPlan plan = plan_for({1, 4, 2});
  const lattice::Codec codec(context(), plan.space(), plan.path.fresh);
  const Bytes good =
      lattice::to_bytes(context(), pair().ends(0).own->encryptor().encrypt(codec, Integers(8192)));
  ASSERT_EQ(good.size(), lattice::seeded_bytes(context(), plan.path.fresh));
  Bytes bytes = good;
  bytes[0] = std::byte{3};
  EXPECT_THAT(refusal_of(plan, bytes), HasSubstr("is of kind 3"));
  bytes = good;
  bytes[3] ^= std::byte{1};
  EXPECT_THAT(refusal_of(plan, bytes), HasSubstr("belongs to other parameters"));
  bytes = good;
  bytes[6] = std::byte{9};
  EXPECT_THAT(refusal_of(plan, bytes), HasSubstr("has 9 primes"));
  bytes = good;
  bytes[6] = std::byte{2};
  EXPECT_THAT(refusal_of(plan, bytes), HasSubstr("lattice message"));
  bytes = good;
  std::fill(bytes.begin() + 11, bytes.end(), std::byte{0xFF});
  EXPECT_THAT(refusal_of(plan, bytes), HasSubstr("not below its prime"));
}

TEST(HeShare, RefusesCiphertextsUnderAMaskUsedBefore) {
  const ProductPlan plan = plan_for({1, 4, 2});
  const Integers a(4, 1), b(8, 1);
  Bytes first;
  pair().run([&](Context& at, Ends* ends) -> Task<Words> {  // its index is later than all of other tests
    if (at.self() == 0) {
      const lattice::Codec codec(context(), plan.space(), plan.path.fresh);
      first = lattice::to_bytes(context(), ends->own->encryptor().encrypt(codec, Integers(8192)));
      at.rounds().send(1, first.data(), first.size());
      co_await at.next_round();
    } else {
      co_await encrypt(at, ends, 0, plan, Words());
    }
    co_return Words();
  });
  EXPECT_THAT(refusal_of(plan, first), HasSubstr("a ciphertext came under mask"));
}

TEST(HeShare, RefusesHostileReplies) {
  const ProductPlan plan = plan_for({1, 4, 2});
  const Integers a(4, 1);
  const auto refusal = [&](std::byte first, std::byte others) {
    return message_of(ErrorKind::kPeer, [&] {
      pair().run([&](Context& at, Ends* ends) -> Task<Words> {
        const EncryptedOperand encrypted = co_await encrypt(at, ends, 0, plan, known(at, at.self() == 0, a));
        Words sum = zeros(at, 2);
        if (at.self() == 0) {
          co_await return_shares(at, ends, multiply(at, ends, encrypted, Words()), sum);
          co_return sum;
        }
        Bytes bytes(Pair::count(product_program(plan, {}, {})).bytes[1], others);
        bytes[0] = first;
        at.rounds().send(0, bytes.data(), bytes.size());
        co_await at.next_round();
        co_return sum;
      });
    });
  };
  EXPECT_THAT(refusal(std::byte{1}, std::byte{0}), HasSubstr("is of kind 1 where kind 4 is due"));
  EXPECT_THAT(refusal(std::byte{4}, std::byte{1}), HasSubstr("belongs to other parameters"));
  EXPECT_THAT(refusal(std::byte{4}, std::byte{9}), HasSubstr("has version 9"));
}

TEST(Keys, PublishedKeysAreChecked) {
  KeyEnd end(KeyEnd::Seeds::random());
  const Bytes good = end.publish();
  EXPECT_EQ(good.size(), KeyEnd::published_bytes());
  EXPECT_LT(good.size(), 10'000'000u);
  const auto read = [](const Bytes& bytes) { EvaluationEnd(bytes, EvaluationEnd::Seeds::random()); };
  Bytes bytes = good;
  bytes.pop_back();
  EXPECT_THAT(message_of(ErrorKind::kPeer, [&] { read(bytes); }), HasSubstr("published lattice key"));
  bytes = good;
  bytes.push_back({});
  EXPECT_THAT(message_of(ErrorKind::kPeer, [&] { read(bytes); }), HasSubstr("published lattice key"));
  bytes = good;
  std::fill(bytes.begin() + 100, bytes.begin() + 200, std::byte{0xFF});
  EXPECT_THAT(message_of(ErrorKind::kPeer, [&] { read(bytes); }), HasSubstr("not below its prime"));
  // The second mask of the first switching key, whose digits have an index and residues behind two headers.
  bytes = good;
  const std::size_t key_at = 16 + lattice::seeded_bytes(context(), 5),
                    digit = (lattice::galois_key_bytes(context()) - 11) / 4;
  std::copy_n(good.begin() + static_cast<std::ptrdiff_t>(key_at + 11), 4,
              bytes.begin() + static_cast<std::ptrdiff_t>(key_at + 11 + digit));
  EXPECT_THAT(message_of(ErrorKind::kPeer, [&] { read(bytes); }), HasSubstr("a ciphertext came under mask"));
  // The element of the first switching key, behind 16 bytes of seed, the public key and a header.
  bytes = good;
  bytes[16 + lattice::seeded_bytes(context(), 5) + 7] ^= std::byte{4};
  EXPECT_THAT(message_of(ErrorKind::kPeer, [&] { read(bytes); }), HasSubstr("another automorphism"));
}

TEST(Keys, SessionsReturnNoMoreThanTheirNoiseIsFor) {
  const ProductPlan plan = plan_for({1, 1, 1});
  const lattice::Codec codec(context(), plan.space(), 4);
  KeyEnd owner(KeyEnd::Seeds::random());
  const Bytes published = owner.publish();
  EvaluationEnd end(published, EvaluationEnd::Seeds::random());
  const auto fresh = [&] {
    return lattice::expand(context(), end.masks(), owner.encryptor().encrypt(codec, Integers(8192)));
  };
  lattice::Ciphertext first = fresh(), second = fresh();
  end.hide(codec, first, std::size_t{1} << 48);
  EXPECT_THAT(message_of(ErrorKind::kPlan, [&] { end.hide(codec, second, 1); }), HasSubstr("more than 2^48"));
}

}  // namespace
}  // namespace sotto::protocols::he
