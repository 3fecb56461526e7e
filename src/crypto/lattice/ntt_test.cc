#include "crypto/lattice/ntt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bitset>
#include <boost/multiprecision/cpp_int.hpp>
#include <random>
#include <string>

#include "base/test_errors.h"

namespace sotto::lattice {
namespace {

using Big = boost::multiprecision::cpp_int;
using Words = AlignedVector<Word>;

Words random_words(Word below, std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Words words(n);
  for (Word& word : words) word = generator() % below;
  return words;
}

// The product modulo X^n + 1 and p, by its definition and big integers.
Words negacyclic_product(const Words& a, const Words& b, Word p) {
  const std::size_t n = a.size();
  std::vector<Big> sums(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const Big term = Big(a[i]) * b[j];
      if (i + j < n)
        sums[i + j] += term;
      else
        sums[i + j - n] -= term;
    }
  }
  Words result(n);
  for (std::size_t i = 0; i < n; ++i) result[i] = static_cast<Word>((sums[i] % p + p) % p);
  return result;
}

// Factors to Montgomery form by the definition.
Words in_montgomery_form(const Words& a, Word p) {
  Words result;
  for (const Word word : a) result.push_back(static_cast<Word>((Big(word) << 52) % p));
  return result;
}

// Example: the product of two polynomials is the product of their values.
TEST(Ntt, MultipliesPolynomials) {
  const std::size_t degree = 256;
  const Ntt ntt(transform_primes(50, degree, 1)[0], degree);
  const Word p = ntt.modulus().value;
  Words a = random_words(p, degree, 1), b = random_words(p, degree, 2);
  const Words expected = negacyclic_product(a, b, p);
  b = in_montgomery_form(b, p);
  ntt.forward(a);
  ntt.forward(b);
  table().multiply(a.data(), a.data(), b.data(), degree, ntt.modulus());
  ntt.backward(a);
  EXPECT_EQ(a, expected);
}

class LatticeTables : public testing::TestWithParam<const Table*> {
 protected:
  const Table& row() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(All, LatticeTables,
                         testing::ValuesIn(available_tables().begin(), available_tables().end()),
                         [](const auto& info) { return std::string(info.param->name); });

// FIPS 204, appendix B: zetas[k] = 1753^(BitRev8(k)) mod 8380417. The second half of that table are the
// values of X at the even places, their negatives at the odd ones.
TEST_P(LatticeTables, TransformsXToTheZetasOfFips204) {
  constexpr Word kPrime = 8380417;
  static constexpr Word kZetas[] = {
      1753,    6444997, 5720892, 6924527, 2660408, 6600190, 8321269, 2772600, 1182243, 87208,   636927,
      4415111, 4423672, 6084020, 5095502, 4663471, 8352605, 822541,  1009365, 5926272, 6400920, 1596822,
      4423473, 4620952, 6695264, 4969849, 2678278, 4611469, 4829411, 635956,  8129971, 5925040, 4234153,
      6607829, 2192938, 6653329, 2387513, 4768667, 8111961, 5199961, 3747250, 2296099, 1239911, 4541938,
      3195676, 2642980, 1254190, 8368000, 2998219, 141835,  8291116, 2513018, 7025525, 613238,  7070156,
      6161950, 7921677, 6458423, 4040196, 4908348, 2039144, 6500539, 7561656, 6201452, 6757063, 2105286,
      6006015, 6346610, 586241,  7200804, 527981,  5637006, 6903432, 1994046, 2491325, 6987258, 507927,
      7192532, 7655613, 6545891, 5346675, 8041997, 2647994, 3009748, 5767564, 4148469, 749577,  4357667,
      3980599, 2569011, 6764887, 1723229, 1665318, 2028038, 1163598, 5011144, 3994671, 8368538, 7009900,
      3020393, 3363542, 214880,  545376,  7609976, 3105558, 7277073, 508145,  7826699, 860144,  3430436,
      140244,  6866265, 6195333, 3123762, 2358373, 6187330, 5365997, 6663603, 2926054, 7987710, 8077412,
      3531229, 4405932, 4606686, 1900052, 7598542, 1054478, 7648983};
  const Ntt ntt(kPrime, 256, 1753, row());
  Words x(256);
  x[1] = 1;
  ntt.forward(x);
  for (std::size_t i = 0; i < 128; ++i) {
    EXPECT_EQ(x[2 * i], kZetas[i]) << i;
    EXPECT_EQ(x[2 * i + 1], kPrime - kZetas[i]) << i;
  }
}

// By its definition, sums of coefficients times powers, at all sizes whose passes differ.
TEST_P(LatticeTables, TransformEvaluatesThePolynomial) {
  for (std::size_t degree : {128, 256, 512, 1024, 2048, 4096, 8192}) {
    const int log_degree = std::countr_zero(degree);
    const Ntt ntt(transform_primes(50, degree, 1)[0], degree, 0, row());
    const Modulus& modulus = ntt.modulus();
    const Words coefficients = random_words(modulus.value, degree, degree);
    Words values = coefficients;
    ntt.forward(values);
    for (std::size_t i = 0; i < degree; i += 1 + degree / 64) {
      const Word point = power(ntt.root(), 2 * reversed(i, log_degree) + 1, modulus);
      Word sum = 0;
      for (std::size_t j = degree; j-- > 0;)
        sum = add(multiply(sum, point, modulus), coefficients[j], modulus);
      ASSERT_EQ(values[i], sum) << "degree " << degree << " value " << i;
    }
    ntt.backward(values);
    ASSERT_EQ(values, coefficients) << "degree " << degree;
  }
}

// Words at the ends of every range, in every order of four.
Words boundary_words(Word p, std::size_t n, std::size_t shift) {
  const Word ends[] = {0, 1, p - 1, p / 2, p / 2 + 1, p - 2, 2, p - 1};
  Words words(n);
  for (std::size_t i = 0; i < n; ++i) words[i] = ends[(i * (2 * shift + 1) + i / 8 * shift) % 8];
  return words;
}

TEST_P(LatticeTables, TransformsBoundaryValuesAsThePortableOne) {
  for (std::size_t degree : {128, 1024, 2048, 4096, 16384}) {
    for (int bits : {50, 49, 36, 20}) {
      const Word prime = transform_primes(bits, degree, 1)[0];
      const Ntt ntt(prime, degree, 0, row()), reference(prime, degree, 0, kPortableTable);
      for (std::size_t shift = 0; shift < 4; ++shift) {
        Words actual = boundary_words(prime, degree, shift), expected = actual;
        ntt.forward(actual);
        reference.forward(expected);
        ASSERT_EQ(actual, expected) << "degree " << degree << " bits " << bits;
        ntt.backward(actual);
        ASSERT_EQ(actual, boundary_words(prime, degree, shift)) << "degree " << degree << " bits " << bits;
        Words back = boundary_words(prime, degree, shift), back_expected = back;
        ntt.backward(back);
        reference.backward(back_expected);
        ASSERT_EQ(back, back_expected) << "degree " << degree << " bits " << bits;
      }
    }
  }
}

TEST_P(LatticeTables, WordByWordOperationsAreThoseOfBigIntegers) {
  constexpr std::size_t kCount = 192;
  for (int bits : {50, 40, 30, 14}) {
    const Modulus modulus(transform_primes(bits, 128, 1)[0]);
    const Word p = modulus.value;
    for (std::size_t shift = 0; shift < 4; ++shift) {
      Words a = boundary_words(p, kCount, shift), b = random_words(p, kCount, shift), out = a;
      if (shift % 2 == 0) std::ranges::copy(boundary_words(p, 64, shift + 1), b.begin());
      const Words b_form = in_montgomery_form(b, p);
      Words sum(kCount), difference(kCount), product(kCount), shifted(kCount);
      row().shift(shifted.data(), a.data(), p - 1, kCount, modulus);
      row().add(sum.data(), a.data(), b.data(), kCount, modulus);
      row().subtract(difference.data(), a.data(), b.data(), kCount, modulus);
      row().multiply(product.data(), a.data(), b_form.data(), kCount, modulus);
      row().multiply_add(out.data(), a.data(), b_form.data(), kCount, modulus);
      for (std::size_t i = 0; i < kCount; ++i) {
        ASSERT_EQ(sum[i], static_cast<Word>((Big(a[i]) + b[i]) % p));
        ASSERT_EQ(shifted[i], static_cast<Word>((Big(a[i]) + p - 1) % p));
        ASSERT_EQ(difference[i], static_cast<Word>((Big(a[i]) + p - b[i]) % p));
        ASSERT_EQ(product[i], static_cast<Word>(Big(a[i]) * b[i] % p));
        ASSERT_EQ(out[i], static_cast<Word>((Big(a[i]) * b[i] + a[i]) % p));
      }
    }
  }
}

TEST_P(LatticeTables, ScalesAnyWord) {
  constexpr std::size_t kCount = 128;
  for (int bits : {50, 36, 14}) {
    const Modulus modulus(transform_primes(bits, 128, 1)[0]);
    const Word p = modulus.value;
    const auto factor = [&](const Big& w) {
      const Word value = static_cast<Word>(w % p);
      return Factor{value, static_cast<Word>((Big(value) << 52) / p)};
    };
    for (const Word w : {Word{0}, Word{1}, p - 1, p / 3}) {
      Words a = random_words(~Word{0}, kCount, w), narrow(kCount), out(kCount), sum(kCount, p - 1),
            wide(kCount, 1);
      a[0] = 0, a[1] = ~Word{0}, a[2] = kWordMask, a[3] = Word{1} << 52, a[4] = p, a[5] = p - 1;
      for (std::size_t i = 0; i < kCount; ++i) narrow[i] = a[i] & kWordMask;
      row().scale(out.data(), narrow.data(), factor(w), kCount, modulus);
      row().scale_add(sum.data(), narrow.data(), factor(w), kCount, modulus);
      row().scale_word_add(wide.data(), a.data(), factor(w), factor(Big(w) << 52), kCount, modulus);
      for (std::size_t i = 0; i < kCount; ++i) {
        ASSERT_EQ(out[i], static_cast<Word>(Big(narrow[i]) * w % p));
        ASSERT_EQ(sum[i], static_cast<Word>((Big(narrow[i]) * w + p - 1) % p));
        ASSERT_EQ(wide[i], static_cast<Word>((Big(a[i]) * w + 1) % p));
      }
    }
  }
}

TEST_P(LatticeTables, TakesResiduesOfSignedIntegers) {
  constexpr std::size_t kCount = 128;
  for (int bits : {50, 36, 14}) {
    const Modulus modulus(transform_primes(bits, 128, 1)[0]);
    const Word p = modulus.value;
    Words a = random_words(~Word{0}, kCount, 7), out(kCount);
    a[0] = 0, a[1] = ~Word{0}, a[2] = Word{1} << 63, a[3] = a[2] - 1, a[4] = p, a[5] = 0 - p, a[6] = a[2] + 1;
    row().from_signed(out.data(), a.data(), kCount, modulus);
    for (std::size_t i = 0; i < kCount; ++i)
      ASSERT_EQ(out[i], static_cast<Word>((Big(static_cast<std::int64_t>(a[i])) % p + p) % p));
  }
}

// For fractions of every size, also just above and below the middle between two results.
TEST_P(LatticeTables, RoundsSumsOfFractions) {
  constexpr std::size_t kCount = 128;
  const auto primes = transform_primes(50, 4096, 4);
  for (const std::size_t count : {1, 2, 4}) {
    Big q = 1;
    for (std::size_t i = 0; i < count; ++i) q *= primes[i];
    Words y;
    std::vector<Fraction> fractions;
    for (std::size_t i = 0; i < count; ++i) {
      Words residues = random_words(primes[i], kCount, i);
      residues[0] = 0, residues[1] = primes[i] - 1, residues[2] = primes[i] / 2,
      residues[3] = primes[i] / 2 + 1;
      y.insert(y.end(), residues.begin(), residues.end());
      const Big fraction = (Big(1) << 156) / primes[i];
      fractions.push_back(
          {{static_cast<Word>(fraction & kWordMask), static_cast<Word>((fraction >> 52) & kWordMask),
            static_cast<Word>(fraction >> 104)}});
    }
    const auto expected = [&](std::size_t j, const Big& t) {
      Big numerator = 0;
      for (std::size_t i = 0; i < count; ++i) numerator += Big(y[i * kCount + j]) * (q / primes[i]);
      return static_cast<Word>((2 * t * (numerator % q) + q) / (2 * q) % t);
    };
    Words out(kCount);
    for (const int bits : {1, 12, 31, 45, 51, 52, 53, 63, 64}) {
      row().round_to_power(out.data(), y.data(), kCount, fractions.data(), count, bits, kCount);
      for (std::size_t j = 0; j < kCount; ++j)
        ASSERT_EQ(out[j], expected(j, Big(1) << bits)) << bits << " bits";
    }
    for (const Word t : {Word{65537}, Word{1125899903795201}}) {
      row().round_to_prime(out.data(), y.data(), kCount, fractions.data(), count, t, kCount);
      for (std::size_t j = 0; j < kCount; ++j) ASSERT_EQ(out[j], expected(j, t)) << "modulo " << t;
    }
  }
}

TEST_P(LatticeTables, BinomialNoiseCountsBits) {
  constexpr std::size_t kCount = 256;
  const Modulus modulus(transform_primes(36, 128, 1)[0]);
  const Word p = modulus.value;
  Words random = random_words(~Word{0}, kCount, 1), out(kCount);
  random[0] = 0, random[1] = ~Word{0}, random[2] = (Word{1} << 42) - 1, random[3] = ~random[2];
  for (const Word offset : {Word{0}, Word{20}, Word{21}, p - 1, p - 21, p - 22}) {
    row().binomial(out.data(), random.data(), offset, kCount, modulus);
    for (std::size_t i = 0; i < kCount; ++i) {
      const int ones = static_cast<int>(std::bitset<42>(random[i]).count());
      ASSERT_EQ(out[i], static_cast<Word>((Big(offset) + p + ones - 21) % p)) << i;
    }
  }
}

// The largest sums there can be, and random ones.
TEST_P(LatticeTables, DotIsTheSumOfProducts) {
  constexpr std::size_t kCount = 64;
  for (int bits : {50, 36, 14}) {
    const Modulus modulus(transform_primes(bits, 128, 1)[0]);
    const Word p = modulus.value;
    for (std::size_t terms : {std::size_t{1}, std::size_t{7}, kMaxTerms}) {
      std::vector<Words> a0, a1, b;
      std::vector<const Word*> a0_at, a1_at, b_at;
      std::vector<Big> sums0(kCount), sums1(kCount);
      for (std::size_t i = 0; i < terms; ++i) {
        a0.push_back(Words(kCount, p - 1));
        a1.push_back(random_words(p, kCount, i));
        // Half of the factors as large as they can be.
        b.push_back(random_words(p, kCount, terms + i));
        std::fill_n(b.back().begin(), kCount / 2, p - 1);
        for (std::size_t j = 0; j < kCount; ++j) {
          sums0[j] += Big(a0[i][j]) * b[i][j];
          sums1[j] += Big(a1[i][j]) * b[i][j];
        }
      }
      for (std::size_t i = 0; i < terms; ++i) {
        a0_at.push_back(a0[i].data());
        a1_at.push_back(a1[i].data());
        b_at.push_back(b[i].data());
      }
      Words out0(kCount), out1(kCount);
      row().dot(out0.data(), out1.data(), a0_at.data(), a1_at.data(), b_at.data(), terms, 0, kCount, modulus);
      for (std::size_t j = 0; j < kCount; ++j) {
        ASSERT_LT(out0[j], p);
        ASSERT_LT(out1[j], p);
        ASSERT_EQ((Big(out0[j]) << 52) % p, sums0[j] % p) << terms << " terms, bits " << bits;
        ASSERT_EQ((Big(out1[j]) << 52) % p, sums1[j] % p) << terms << " terms, bits " << bits;
      }
    }
  }
}

TEST(Modulus, TellsPrimesFromPseudoprimes) {
  // 2^61 - 1 and the largest prime below 2^64; Carmichael numbers and the strong pseudoprimes to the first
  // bases (OEIS A014233).
  for (Word prime : {Word{2}, Word{3}, Word{37}, Word{41}, Word{65537}, Word{2305843009213693951},
                     Word{18446744073709551557u}})
    EXPECT_TRUE(is_prime(prime)) << prime;
  for (Word composite : {Word{0}, Word{1}, Word{4}, Word{561}, Word{1369}, Word{2047}, Word{1373653},
                         Word{3215031751}, Word{3474749660383}, Word{3825123056546413051}})
    EXPECT_FALSE(is_prime(composite)) << composite;
}

TEST(Modulus, TransformPrimesAreTheLargestOfTheirForm) {
  const auto primes = transform_primes(50, 4096, 3);
  Word previous = Word{1} << 50;
  for (const Word p : primes) {
    EXPECT_EQ(p % 8192, 1u);
    for (Word n = previous - (previous - 1) % 8192 - (previous % 8192 == 1 ? 8192 : 0); n > p; n -= 8192)
      EXPECT_FALSE(is_prime(n)) << n;
    previous = p;
  }
  EXPECT_EQ(transform_primes(50, 4096, 2, {primes[0]})[0], primes[1]);
}

TEST(Ntt, RefusesWhatIsNoRing) {
  using testing::HasSubstr;
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { Modulus(65536 * 4 + 3 * 5); }),
              HasSubstr("is no prime of 13 to 50 bits"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { Modulus((Word{1} << 61) - 1); }),
              HasSubstr("is no prime of 13 to 50 bits"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { Ntt(65537, 100); }),
              HasSubstr("100 is no degree of a ring of ours"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { Ntt(65537, 65536); }),
              HasSubstr("has no roots of order 131072"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { Ntt(8380417, 256, 1); }),
              HasSubstr("1 has not the order 512"));
  EXPECT_THAT(error_of(ErrorKind::kUsage, [] { transform_primes(14, 8192, 2); }),
              HasSubstr("no 2 primes of 14 bits"));
}

}  // namespace
}  // namespace sotto::lattice
