// The leading digit of v = A + B, 0 <= v < 15/16 2^(low + 4 digits), A known to the pair and B to the single:
// for every prefix of digits of four bits a bit that says whether v is small beside it.
//
// With A' = -A, v is B - A'. For the first d digits (d = 1 .. digits) let unit_d be the weight of the last of
// them, V_d = floor(B / unit_d) - floor(A' / unit_d) modulo 16^d and U_d = [V_d is 0 or 1]. Borrows from
// below are not resolved but bounded:
//   v < unit_d  =>  U_d = 1,        v >= 2 unit_d  =>  U_d = 0,        in between either.
// (V_1 is at most 15 since v is less than 15 unit_1.) So the first d with U_d = 0 has unit_d <= v < 32
// unit_d. U_d compares the prefix of B with two numbers the pair knows, floor(A' / unit_d) and that plus one,
// digit by digit: the single deals for each digit of B the 16 bits of its one-hot vector, the pair selects
// locally x = [digit of B = digit of A'] and q = [digit of B = digit of A' + 1 modulo 16]. Of the second
// number the digits above the last one that is not 15 are those of A', that one is one more, and those below
// are zero, that is q again. U_d is the XOR of two products of bits that exclude each other; groups of up to
// four digits in one round, the groups in another (masked_products.h).
//
// Security: as comparison.h. Cost per element: for 10 digits 160 bits of vectors, 65 + 39 bits dealt, 40 + 28
// opened. Rounds: 1 to deal, 2 more (1 for up to four digits).
#pragma once

#include "protocols/rep3/masked_products.h"

namespace sotto::protocols::rep3 {

// Digits begin .. end - 1, merged in one round.
struct DigitGroup {
  int begin, end;
};

class LeadingDigit {
 public:
  static constexpr int kMostDigits = 16;

  LeadingDigit(Dealing& dealing, std::size_t count, int low_bit, int digits);
  // In the first round at all parties; `b` holds B at the single, else empty.
  void deal(const Words& b);
  // From the next round on; `a` holds A at the pair, else empty. Result: XOR shares of U_1, U_2 ..., a plane
  // each; empty at the single.
  Task<Words> evaluate(Words a);

 private:
  Words select(const Words& a);
  Words within_groups() const;
  Words across_groups(const Words& prefixes) const;

  Dealing& dealing_;
  std::size_t count_, words_;
  int low_bit_, digits_;
  std::vector<DigitGroup> groups_;
  MaskedProducts inner_, outer_;
  Words vectors_;
  std::vector<std::uint64_t> full_;  // pair: [digit of A' is 15], a plane per digit
};

}  // namespace sotto::protocols::rep3
