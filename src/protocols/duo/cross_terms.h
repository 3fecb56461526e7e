// Which products of one party's part with the other's a product of shares needs.
#pragma once

#include "protocols/he/cost.h"
#include "protocols/share.h"

namespace sotto::protocols::duo {

// Of a_0 b_1 and a_1 b_0. Where a party knows a factor, its part is all of it, and the other's is zero: one
// term remains, or none where it knows both.
struct CrossTerms {
  bool first_second = true, second_first = true;

  // a_i b_(1-i) for i = `left`.
  bool has(int left) const { return left == 0 ? first_second : second_first; }
  bool none() const { return !first_second && !second_first; }
  // b a instead of a b: b_0 a_1 is a_1 b_0.
  CrossTerms swapped() const { return {second_first, first_second}; }
};

inline CrossTerms cross_terms_of(const Share& a, const Share& b) {
  return {.first_second = a.known_to != 1 && b.known_to != 0,
          .second_first = a.known_to != 0 && b.known_to != 1};
}

// Numbers of a factor, as signed ones, are at most 2^(bits-1) in magnitude: 64 for parts of shares, perhaps
// less for what a party knows.
struct FactorBits {
  int left = 64, right = 64;
};

// By what else than shapes a way to multiply is chosen.
struct Setting {
  FactorBits bits = {};
  he::Network network = {};
};

}  // namespace sotto::protocols::duo
