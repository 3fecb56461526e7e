#include "crypto/lattice/context.h"

#include <cmath>

#include "base/bytes.h"
#include "base/hash.h"

namespace sotto::lattice {
namespace {

__extension__ typedef unsigned __int128 Wide;

const Parameters& checked(const Parameters& parameters) {
  check(parameters);
  return parameters;
}

}  // namespace

Context::Context(const Parameters& parameters) : parameters_(checked(parameters)), table_(lattice::table()) {
  std::vector<int> bits = parameters.prime_bits;
  if (has_special()) bits.push_back(parameters.special_bits);
  std::vector<Word> primes;
  for (const int width : bits) primes.push_back(transform_primes(width, degree(), 1, primes)[0]);
  for (const Word prime : primes) ntts_.emplace_back(prime, degree());
  ByteWriter description;
  description.number(static_cast<Word>(degree()));
  description.number(static_cast<Word>(parameters.switching_primes));
  for (const Word prime : primes) description.number(prime);
  tag_ = load_little_endian<std::uint32_t>(sha256(description.bytes()).data());
}

double Context::modulus_bits(std::size_t primes) const {
  double bits = 0;
  for (std::size_t i = 0; i < primes; ++i) bits += std::log2(static_cast<double>(modulus(i).value));
  return bits;
}

Word Context::modulus_product(std::size_t primes, std::size_t except, Word m) const {
  Word product = m == 1 ? 0 : 1;
  for (std::size_t i = 0; i < primes; ++i) {
    if (i == except) continue;
    product = m == 0 ? product * modulus(i).value
                     : static_cast<Word>(static_cast<Wide>(product) * (modulus(i).value % m) % m);
  }
  return product;
}

Factor Context::factor(Word value, std::size_t prime) const {
  const Word reduced = value % modulus(prime).value;
  return {reduced, quotient(reduced, modulus(prime))};
}

void Context::forward(Polynomial& x) const {
  for (std::size_t i = 0; i < x.primes(); ++i) ntt(i).forward(x.residues(i));
}

void Context::backward(Polynomial& x) const {
  for (std::size_t i = 0; i < x.primes(); ++i) ntt(i).backward(x.residues(i));
}

}  // namespace sotto::lattice
