// What the primal attack on the named parameters costs, computed here and not taken from a table.
//
// The attack finds (error, scaled secret, 1) as an unusually short vector of dimension d = m + N + 1 (Bai and
// Galbraith 2014) by BKZ, with the success condition of Albrecht, Goepfert, Virdia and Wunderer (2017), the
// root Hermite factor of Chen (2013), and the cost 8 d 2^(0.292 beta + 16.4) of sieving that the standard
// uses. The attacker chooses the number m of samples.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "crypto/lattice/parameters.h"

namespace sotto::lattice {
namespace {

// ln of the root Hermite factor.
double log_hermite(double beta) {
  const double base =
      std::pow(std::numbers::pi * beta, 1 / beta) * beta / (2 * std::numbers::pi * std::numbers::e);
  return std::log(base) / (2 * (beta - 1));
}

// log2 of the cost.
double primal_attack_bits(std::size_t degree, int modulus_bits, double deviation) {
  const auto n = static_cast<double>(degree);
  const double secret_deviation = std::sqrt(2.0 / 3);
  double best = 1e9;
  for (double m = n / 2; m < 2 * n; m += n / 64) {
    const double d = m + n + 1;
    const double log_volume =
        (m * modulus_bits * std::numbers::ln2 + n * std::log(deviation / secret_deviation)) / d;
    double beta = 60;
    while (std::log(std::sqrt(beta) * deviation) > (2 * beta - d - 1) * log_hermite(beta) + log_volume)
      ++beta;
    best = std::min(best, 0.292 * beta + 16.4 + std::log2(8 * d));
  }
  return best;
}

// The estimate finds what the standard publishes: its moduli are the largest with 128 bits.
TEST(LatticeSecurity, TheStandardsModuliHave128Bits) {
  for (const std::size_t degree : {1024, 2048, 4096, 8192, 16384}) {
    const int bits = max_modulus_bits(degree);
    EXPECT_NEAR(primal_attack_bits(degree, bits, 8 / std::sqrt(2 * std::numbers::pi)), 130, 2.5) << degree;
    EXPECT_LT(primal_attack_bits(degree, bits + bits / 8, 3.2), 120) << degree;
  }
}

TEST(LatticeSecurity, NamedSetsHave128Bits) {
  for (const Parameters& set : all_parameters()) {
    EXPECT_GE(primal_attack_bits(set.degree, set.modulus_bits(), std::sqrt(10.5)), 128) << set.name;
    EXPECT_GE(primal_attack_bits(set.degree, set.switching_modulus_bits(), std::sqrt(10.5)), 128) << set.name;
  }
}

}  // namespace
}  // namespace sotto::lattice
