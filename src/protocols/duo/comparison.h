// The sign of v = A + B modulo 2^w, |v| < 2^(w-1), A known to the first party and B to the second.
//
//   v < 0  <=>  msb(A) ^ msb(B) ^ carry,   carry = [A' + B' >= 2^(w-1)] = [A' > C],   C = 2^(w-1) - 1 - B',
// with A', B' the low w-1 bits. Both are cut into digits of m bits. For each digit the first party offers the
// table T[t] = ([j > t] ^ r, [j = t] ^ s) of its own digit j, for masks r and s; the second takes entry c of
// its digit by a 1-of-2^m transfer: shares of greater and equal. A tree merges neighbours,
//   greater = greater_high ^ equal_high greater_low,     equal = equal_high equal_low,
// two products with one operand in common, by conjunction.h. The lowest digit's equality is never needed.
// With m = 1 as many products would be needed as transfers are saved: m = 3 costs the fewest bytes.
//
// After a truncation by d bits, the same works on the parts before the wrap's correction, for w <= 64 - d:
// the wrap is a multiple of 2^(64-d).
//
// Security: semi-honest: entries that are not taken stay hidden (crypto/ot/one_of_many.h), the first party
// sees digits under uniform masks. Perfect correctness. Rathee et al., CrypTFlow2, CCS 2020, after Garay,
// Schoenmakers, Villegas, PKC 2007; Huang et al., Cheetah, USENIX Security 2022.
//
// Cost, n = ceil((w-1)/m) digits: m transfers and m + 2 2^m bits a digit (2^m less for the lowest); n - 1
// merges of a transfer in each direction and 6 bits (4 along the lowest). Rounds: 2 + ceil(log2 n).
#pragma once

#include <deque>

#include "protocols/duo/conjunction.h"
#include "protocols/table.h"

namespace sotto::protocols::duo {

class Comparison {
 public:
  Comparison(Supply& supply, const Site& site, std::size_t count, int window, Effort effort);

  // From the supply's start on. This party's part of v, any bits above the window; result: its share of
  // [v >= 0], a plane.
  Task<Words> run(Words part);

 private:
  // Planes of the digits, lowest first: greater for each, equal for each but the lowest (at [digit - 1]).
  struct Nodes {
    std::size_t count = 0;
    Words greater, equal;
  };
  int width_of(std::size_t digit) const { return digit == 0 ? 1 : 2; }
  int bits_of(std::size_t digit) const;
  std::size_t tables_at_once(std::size_t digit) const;
  Task<Nodes> send_digits(Words part);
  Task<Nodes> choose_digits(Words part);
  void write_tables(std::size_t digit, std::span<std::byte> message, std::span<const std::byte> flips,
                    const Words& part, const Nodes& masks);
  Task<Nodes> merge(Nodes nodes, Conjunction& products) const;

  Supply& supply_;
  Site site_;
  std::size_t count_, words_;
  int window_, digit_bits_;
  std::vector<Supply::Claim> digits_;
  std::deque<Conjunction> levels_;
};

}  // namespace sotto::protocols::duo
