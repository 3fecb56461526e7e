// Big integers as the independent reference of lattice tests.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <vector>

#include "crypto/lattice/context.h"

namespace sotto::lattice {

using Big = boost::multiprecision::cpp_int;

inline Big modulus_of(const Context& context, std::size_t primes) {
  Big product = 1;
  for (std::size_t i = 0; i < primes; ++i) product *= context.modulus(i).value;
  return product;
}

inline Big modulo(const Big& x, const Big& m) { return (x % m + m) % m; }

// The number in [0, Q) with these residues of coefficient j, by the textbook formula.
inline Big composed(const Context& context, const Polynomial& x, std::size_t j) {
  const Big q = modulus_of(context, x.primes());
  Big sum = 0;
  for (std::size_t i = 0; i < x.primes(); ++i) {
    const Big p = context.modulus(i).value, rest = q / p;
    const Big inverse = boost::multiprecision::powm(Big(rest % p), Big(p - 2), p);
    sum += Big(x.residues(i)[j]) * inverse % p * rest;
  }
  return sum % q;
}

// The representative of x modulo m nearest to zero.
inline Big centred(const Big& x, const Big& m) {
  const Big r = modulo(x, m);
  return r > m / 2 ? Big(r - m) : r;
}

}  // namespace sotto::lattice
