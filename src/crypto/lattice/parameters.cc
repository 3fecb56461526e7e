#include "crypto/lattice/parameters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

#include "base/error.h"

namespace sotto::lattice {
namespace {

struct Row {
  std::size_t degree;
  int bits;
};

// Homomorphic Encryption Standard, 21 November 2018, table 1: 128 bits, classical, uniform ternary secret.
constexpr Row kStandard[] = {{1024, 27}, {2048, 54}, {4096, 109}, {8192, 218}, {16384, 438}, {32768, 881}};

[[noreturn]] void refuse(const Parameters& parameters, const std::string& problem) {
  throw Error(ErrorKind::kUsage, fmt::format("lattice parameters {}: {}", parameters.name, problem),
              "docs and names of good ones: src/crypto/lattice/parameters.h");
}

}  // namespace

int Parameters::modulus_bits() const { return std::accumulate(prime_bits.begin(), prime_bits.end(), 0); }

int Parameters::switching_modulus_bits() const {
  if (special_bits == 0) return 0;
  return std::accumulate(prime_bits.begin(),
                         prime_bits.begin() + static_cast<std::ptrdiff_t>(switching_primes), special_bits);
}

int max_modulus_bits(std::size_t degree) {
  const auto* row = std::ranges::find(kStandard, degree, &Row::degree);
  return row == std::end(kStandard) ? 0 : row->bits;
}

void check(const Parameters& parameters) {
  const int allowed = max_modulus_bits(parameters.degree);
  if (allowed == 0)
    refuse(parameters, fmt::format("the standard has no row for degree {}", parameters.degree));
  if (parameters.prime_bits.empty()) refuse(parameters, "there are no primes");
  if (parameters.switching_primes > parameters.prime_bits.size() ||
      (parameters.special_bits == 0) != (parameters.switching_primes == 0))
    refuse(parameters, "the special prime serves some of the first primes, or there is none");
  const int bits = std::max(parameters.modulus_bits(), parameters.switching_modulus_bits());
  if (bits > allowed) {
    refuse(parameters, fmt::format("a modulus of {} bits is insecure at degree {}, where {} are allowed",
                                   bits, parameters.degree, allowed));
  }
}

const std::vector<Parameters>& all_parameters() {
  static const std::vector<Parameters> sets = {
      {.name = "products-4096",
       .degree = 4096,
       .prime_bits = {50, 50},
       .special_bits = 50,
       .switching_primes = 1},
      {.name = "rotations-4096",
       .degree = 4096,
       .prime_bits = {36, 36},
       .special_bits = 36,
       .switching_primes = 2},
      {.name = "products-8192",
       .degree = 8192,
       .prime_bits = {50, 50, 50, 50},
       .special_bits = 50,
       .switching_primes = 3},
      {.name = "rotations-8192",
       .degree = 8192,
       .prime_bits = {43, 43, 43, 43},
       .special_bits = 44,
       .switching_primes = 4},
      {.name = "shares-8192",
       .degree = 8192,
       .prime_bits = {44, 44, 43, 43, 43},
       .special_bits = 44,
       .switching_primes = 4},
  };
  return sets;
}

const Parameters& parameters_named(std::string_view name) {
  std::vector<std::string> names;
  for (const Parameters& set : all_parameters()) {
    if (set.name == name) return set;
    names.push_back(set.name);
  }
  throw Error(ErrorKind::kUsage, fmt::format("there are no lattice parameters named \"{}\"", name),
              fmt::format("there are {}", fmt::join(names, ", ")));
}

}  // namespace sotto::lattice
