// Numbers by their remainders modulo the four primes of slot_products.h. Constant time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "crypto/lattice/slots.h"
#include "crypto/lattice/word_table.h"

namespace sotto::protocols::he {

class Remainders {
 public:
  static constexpr std::size_t kPrimes = 4;
  using Word = std::uint64_t;

  // The largest primes of 50 bits that have slots at this degree.
  explicit Remainders(std::size_t degree);

  Word prime(std::size_t i) const { return moduli_[i].value; }
  const lattice::Slots& slots(std::size_t i) const { return slots_[i]; }

  // Of signed numbers, modulo prime i.
  void of_signed(std::span<Word> out, std::span<const Word> values, std::size_t i) const;
  // Below prime i, uniform up to 2^-78; two random words each.
  void uniform(std::span<Word> out, std::span<const Word> random, std::size_t i) const;
  // The number in [0, T) with these remainders, modulo 2^64; wrong where it is less than 2^-71 T. Remainders
  // modulo prime i are row i, as long as `out`.
  void compose(std::span<Word> out, std::span<const Word> remainders) const;

 private:
  __extension__ typedef unsigned __int128 Wide;
  struct Part {
    lattice::Factor inverse;  // (T / t)^-1 modulo t
    Word rest;                // T / t modulo 2^64
    Wide fraction;            // floor(2^124 / t)
  };

  std::vector<lattice::Modulus> moduli_;
  std::vector<lattice::Slots> slots_;
  std::vector<Part> parts_;
  Word product_ = 1;  // T modulo 2^64
};

}  // namespace sotto::protocols::he
