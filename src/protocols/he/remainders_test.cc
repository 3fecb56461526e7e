#include "protocols/he/remainders.h"

#include <gtest/gtest.h>

#include <random>

#include "crypto/lattice/test_big.h"

namespace sotto::protocols::he {
namespace {

using lattice::Big;
using Vector = std::vector<std::uint64_t>;

Big total(const Remainders& remainders) {
  Big product = 1;
  for (std::size_t i = 0; i < Remainders::kPrimes; ++i) product *= remainders.prime(i);
  return product;
}

Vector composed(const Remainders& remainders, const std::vector<Big>& numbers) {
  Vector rows, out(numbers.size());
  for (std::size_t i = 0; i < Remainders::kPrimes; ++i)
    for (const Big& x : numbers) rows.push_back(static_cast<std::uint64_t>(x % remainders.prime(i)));
  remainders.compose(out, rows);
  return out;
}

TEST(Remainders, ComposeToTheNumber) {
  const Remainders remainders(8192);
  const Big t = total(remainders);
  EXPECT_GT(t, Big(1) << 199);
  std::vector<Big> numbers = {t - 1, t / 2, t / 3, (t >> 71) + 1, t - (t >> 100)};
  std::mt19937_64 random(1);
  for (int i = 0; i < 1000; ++i)
    numbers.push_back((Big(random()) << 192 | Big(random()) << 128 | Big(random()) << 64 | random()) % t);
  const Vector found = composed(remainders, numbers);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    EXPECT_EQ(found[i], static_cast<std::uint64_t>(numbers[i] & ~std::uint64_t{0})) << i;
}

TEST(Remainders, OfSignedNumbers) {
  const Remainders remainders(8192);
  const Vector values = {0,    1, ~std::uint64_t{0}, std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1,
                         12345};
  for (std::size_t i = 0; i < Remainders::kPrimes; ++i) {
    Vector found(values.size());
    remainders.of_signed(found, values, i);
    for (std::size_t k = 0; k < values.size(); ++k)
      EXPECT_EQ(found[k], static_cast<std::uint64_t>(lattice::modulo(
                              Big(static_cast<std::int64_t>(values[k])), remainders.prime(i))));
  }
}

TEST(Remainders, UniformOnesAreWhatRandomWordsSay) {
  const Remainders remainders(8192);
  std::mt19937_64 random(2);
  Vector words(2000), found(1000);
  for (auto& word : words) word = random();
  words[0] = words[1] = ~std::uint64_t{0};
  words[2] = words[3] = 0;
  remainders.uniform(found, words, 1);
  for (std::size_t k = 0; k < found.size(); ++k) {
    const Big w = Big(words[2 * k + 1]) << 64 | words[2 * k];
    EXPECT_EQ(found[k], static_cast<std::uint64_t>(w * remainders.prime(1) >> 128)) << k;
  }
}

}  // namespace
}  // namespace sotto::protocols::he
