#include "protocols/he/remainders.h"

#include <algorithm>

#include "base/aligned.h"
#include "base/error.h"

namespace sotto::protocols::he {
namespace {

using Word = Remainders::Word;

// Of sums of fractions.
constexpr int kFractionBits = 124;

// Words as the loops of word_table.h want them.
AlignedVector<Word> aligned(std::span<const Word> words) {
  AlignedVector<Word> result(words.begin(), words.end());
  result.resize((words.size() + lattice::kGranule - 1) / lattice::kGranule * lattice::kGranule);
  return result;
}

}  // namespace

Remainders::Remainders(std::size_t degree) {
  for (const Word prime : lattice::transform_primes(50, degree, kPrimes)) {
    moduli_.emplace_back(prime);
    slots_.emplace_back(prime, degree);
    product_ *= prime;
  }
  for (std::size_t i = 0; i < kPrimes; ++i) {
    const lattice::Modulus& modulus = moduli_[i];
    Word rest = 1, rest_here = 1;
    for (std::size_t k = 0; k < kPrimes; ++k) {
      if (k == i) continue;
      rest *= moduli_[k].value;
      rest_here = lattice::multiply(rest_here, moduli_[k].value % modulus.value, modulus);
    }
    const Word inverse = lattice::invert(rest_here, modulus);
    parts_.push_back({.inverse = {inverse, lattice::quotient(inverse, modulus)},
                      .rest = rest,
                      .fraction = (Wide{1} << kFractionBits) / modulus.value});
  }
}

void Remainders::of_signed(std::span<Word> out, std::span<const Word> values, std::size_t i) const {
  AlignedVector<Word> words = aligned(values);
  lattice::table().from_signed(words.data(), words.data(), words.size(), moduli_[i]);
  std::copy_n(words.begin(), out.size(), out.begin());
}

// floor(t w / 2^128) for 128 random bits w.
void Remainders::uniform(std::span<Word> out, std::span<const Word> random, std::size_t i) const {
  SOTTO_ASSERT(random.size() == 2 * out.size(), "two random words for each number");
  const Word prime = moduli_[i].value;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const Wide low = static_cast<Wide>(random[2 * k]) * prime,
               high = static_cast<Wide>(random[2 * k + 1]) * prime;
    out[k] = static_cast<Word>((high + (low >> 64)) >> 64);
  }
}

// With c = x (T/t)^-1 mod t for each prime, x is sum of c T/t - T floor(sum of c/t).
void Remainders::compose(std::span<Word> out, std::span<const Word> remainders) const {
  const std::size_t n = out.size();
  SOTTO_ASSERT(remainders.size() == kPrimes * n, "a row of remainders for each prime");
  std::vector<AlignedVector<Word>> rows;
  for (std::size_t i = 0; i < kPrimes; ++i) {
    AlignedVector<Word> row = aligned(remainders.subspan(i * n, n));
    lattice::table().scale(row.data(), row.data(), parts_[i].inverse, row.size(), moduli_[i]);
    rows.push_back(std::move(row));
  }
  for (std::size_t k = 0; k < n; ++k) {
    Word sum = 0;
    Wide fractions = 0;
    for (std::size_t i = 0; i < kPrimes; ++i) {
      const Word c = rows[i][k];
      sum += c * parts_[i].rest;
      fractions += c * parts_[i].fraction;
    }
    out[k] = sum - product_ * static_cast<Word>(fractions >> kFractionBits);
  }
}

}  // namespace sotto::protocols::he
