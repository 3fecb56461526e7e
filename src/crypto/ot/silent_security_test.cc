// What the best known attacks on the silent protocol's assumption cost, in powers of two of word operations.
//
// Learning parity with noise: n = segments * 2^segment_bits samples, dimension k, one noisy sample in each
// segment. Eliminating k unknowns costs k^2.8 throughout. Everything that an attacker's heuristics may cost
// beyond what is counted is taken to be free, so that the figures err on the attacker's side.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "crypto/ot/silent.h"
#include "crypto/ot/silent_stream.h"

namespace sotto::ot {
namespace {

constexpr double kElimination = 2.8;

double log2_binomial(double n, double k) {
  return (std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)) / std::log(2);
}

struct Attacked {
  double segments, length, dimension;

  explicit Attacked(const SilentParameters& parameters)
      : segments(static_cast<double>(parameters.segments)),
        length(std::exp2(parameters.segment_bits)),
        dimension(static_cast<double>(parameters.dimension)) {}
  // The part of each segment that k samples in all take.
  double taken() const { return dimension / (segments * length); }
};

// Gaussian elimination: k samples, as many of each segment, are hoped to be free of noise.
double gaussian(const Attacked& a) {
  return -a.segments * std::log2(1 - a.taken()) + kElimination * std::log2(a.dimension);
}

// Information-set decoding: of the k samples, p may be noisy, half of them in each half of the segments; both
// halves' sums are listed and matched on as many further samples as make false matches rare.
double information_set(const Attacked& a) {
  double best = HUGE_VAL;
  for (int p = 0; p <= 16; p += 2) {
    const double half = a.segments / 2, noisy = p / 2.0;
    const double hope = 2 * (log2_binomial(half, noisy) + noisy * std::log2(a.taken()) +
                             (half - noisy) * std::log2(1 - a.taken()));
    const double list = log2_binomial(half, noisy) + noisy * std::log2(a.dimension / a.segments);
    const double turn = std::log2(std::pow(a.dimension, kElimination) + std::exp2(list + 1));
    best = std::min(best, turn - hope);
  }
  return best;
}

// The algebraic attack on regular noise (eprint 2023/176) at degree two: in a segment all products of two
// samples' noises vanish. Some samples of some segments are hoped to be free of noise, each of which takes
// away an unknown; once there are as many products as monomials, these are eliminated.
double algebraic(const Attacked& a) {
  double best = HUGE_VAL;
  for (double part : {0.25, 0.5, 0.75, 1.0}) {
    for (int step = 0; step < 512; ++step) {
      const double free = a.length / 512 * step;
      const double chosen = part * a.segments;
      const double unknown = std::max(1.0, a.dimension - chosen * free - a.segments);
      const double left = a.length - free;
      const double products =
          chosen * left * (left - 1) / 2 + (a.segments - chosen) * a.length * (a.length - 1) / 2;
      const double monomials = unknown * unknown / 2;
      if (products < monomials) continue;
      const double hope = chosen * std::log2(1 - free / a.length);
      // Taking the linear equations in costs as much as Gaussian elimination does.
      best = std::min(best, kElimination * std::log2(std::max(monomials, a.dimension)) - hope);
    }
  }
  return best;
}

double cheapest(const SilentParameters& parameters) {
  const Attacked a(parameters);
  return std::min({gaussian(a), information_set(a), algebraic(a)});
}

TEST(SilentSecurity, OursHasMoreThan140Bits) {
  const Attacked ours(kSilent);
  EXPECT_GT(gaussian(ours), 170);
  EXPECT_GT(information_set(ours), 140);
  EXPECT_GT(algebraic(ours), 165);
}

TEST(SilentSecurity, TheStreamHasAsMuch) {
  const Attacked stream(kStream);
  EXPECT_GT(gaussian(stream), 168);
  EXPECT_GT(information_set(stream), 140);
  EXPECT_GT(algebraic(stream), 160);
}

// The estimate sees what is known: many segments for a small dimension, as was usual before 2023, are within
// reach of the algebraic attack, and fewer bits of dimension of elimination.
TEST(SilentSecurity, TheEstimateTellsWeakParameters) {
  EXPECT_LT(algebraic(Attacked({.segments = 4971, .segment_bits = 11, .dimension = 124'000})), 100);
  EXPECT_LT(cheapest({.segments = 640, .segment_bits = 11, .dimension = 65'536}), 100);
  EXPECT_LT(cheapest({.segments = 320, .segment_bits = 12, .dimension = 163'840}), 120);
}

}  // namespace
}  // namespace sotto::ot
