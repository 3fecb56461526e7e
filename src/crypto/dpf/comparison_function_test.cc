#include "crypto/dpf/comparison_function.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/bits.h"
#include "base/error.h"

namespace sotto::dpf {
namespace {

std::vector<Block> seeds(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<Block> blocks(count);
  for (Block& block : blocks) block = {generator(), generator()};
  return blocks;
}

struct Keys {
  std::vector<Block> seeds0, seeds1;
  std::vector<std::uint64_t> corrections;

  Keys(const std::vector<std::uint64_t>& alpha, int bits, std::uint64_t seed = 1)
      : seeds0(seeds(alpha.size(), 2 * seed)),
        seeds1(seeds(alpha.size(), 2 * seed + 1)),
        corrections(correction_words(alpha.size(), bits)) {
    generate(alpha, bits, seeds0, seeds1, corrections);
  }
  std::vector<std::uint64_t> share(int holder, const std::vector<std::uint64_t>& x, int bits) const {
    std::vector<std::uint64_t> plane(bits::words_for(x.size())), values(x.size());
    evaluate(holder, x, bits, holder == 0 ? seeds0 : seeds1, corrections, plane);
    bits::expand(values, plane);
    return values;
  }
};

TEST(ComparisonFunction, ExampleSharesOfOneComparison) {
  const Keys keys({5}, 4);
  for (std::uint64_t x = 0; x < 16; ++x)
    EXPECT_EQ(keys.share(0, {x}, 4)[0] ^ keys.share(1, {x}, 4)[0], x > 5 ? 1u : 0u) << x;
}

TEST(ComparisonFunction, AllPairsOfSmallWidths) {
  for (int bits = 1; bits <= 6; ++bits) {
    std::vector<std::uint64_t> alpha, x;
    for (std::uint64_t a = 0; a < (1u << bits); ++a)
      for (std::uint64_t b = 0; b < (1u << bits); ++b) alpha.push_back(a), x.push_back(b);
    const Keys keys(alpha, bits, static_cast<std::uint64_t>(bits));
    const auto share0 = keys.share(0, x, bits), share1 = keys.share(1, x, bits);
    for (std::size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(share0[i] ^ share1[i], x[i] > alpha[i]) << bits << ": " << x[i] << " > " << alpha[i];
  }
}

TEST(ComparisonFunction, WideInputsAndNeighbours) {
  std::mt19937_64 generator(7);
  for (int bits : {24, 31, 32, 63}) {
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    std::vector<std::uint64_t> alpha, x;
    for (int i = 0; i < 300; ++i) {
      const std::uint64_t a = generator() & mask;
      for (std::uint64_t b : {a, (a + 1) & mask, (a - 1) & mask, std::uint64_t{0}, mask, generator() & mask})
        alpha.push_back(a), x.push_back(b);
    }
    const Keys keys(alpha, bits);
    const auto share0 = keys.share(0, x, bits), share1 = keys.share(1, x, bits);
    for (std::size_t i = 0; i < x.size(); ++i) ASSERT_EQ(share0[i] ^ share1[i], x[i] > alpha[i]) << bits;
  }
}

// One holder's view of alpha: shares and corrections look the same for all of them.
TEST(ComparisonFunction, OneShareIsBalancedWhateverAlpha) {
  constexpr std::size_t kCount = 20000;
  for (std::uint64_t a : {std::uint64_t{0}, std::uint64_t{12345}, std::uint64_t{0xFFFFFF}}) {
    const std::vector<std::uint64_t> alpha(kCount, a), x(kCount, 12345);
    const Keys keys(alpha, 24, a + 1);
    for (int holder : {0, 1}) {
      std::size_t ones = 0;
      for (std::uint64_t bit : keys.share(holder, x, 24)) ones += bit;
      EXPECT_NEAR(static_cast<double>(ones) / kCount, 0.5, 0.02);
    }
    std::size_t set = 0;
    for (std::size_t i = 0; i < 2 * kCount; ++i)
      set += static_cast<std::size_t>(__builtin_popcountll(keys.corrections[i]));
    EXPECT_NEAR(static_cast<double>(set) / (2 * kCount * 64), 0.5 * 126 / 128, 0.01);
  }
}

TEST(ComparisonFunction, RefusesImpossibleWidths) {
  std::vector<std::uint64_t> corrections(8);
  EXPECT_THROW(generate({}, 64, {}, {}, corrections), Error);
  EXPECT_THROW(generate({}, 0, {}, {}, corrections), Error);
}

}  // namespace
}  // namespace sotto::dpf
