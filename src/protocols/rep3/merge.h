// Merging of digit comparisons: from (greater, equal) per digit, XOR-shared between the pair, to one
// "greater".
//
//   greater = g0 ^ q0 g1 ^ q0 q1 g2 ^ ...      equal = q0 q1 q2 ...         (digit 0 is the most significant)
//
// Groups of up to four digits are merged in one round each: the pair opens every factor under a mask that the
// single knows; the single deals XOR shares of all products of masks that the expansion needs (a Beaver
// triple for many factors; Beaver 1991, and Ohata and Nuida 2020 for the many-input form). Two levels serve
// up to 16 digits. With Effort::kBalanced groups have up to eight digits: one level for up to 33 bits, at
// twice the products per further digit. Security: openings are masked by uniform bits used once; the single
// never sees an opening. Semi-honest: the single is trusted to deal correct products. Cost per element: for a
// group of k digits 2k-2 (2k-1 with equal) bits opened by each of the pair, and 2^k - k - 1 + sum over
// i<k-1... product bits dealt; see Group::products().
#pragma once

#include <vector>

#include "protocols/rep3/dealing.h"
#include "protocols/table.h"

namespace sotto::protocols::rep3 {

struct Group {
  std::size_t first_input;
  int size;
  bool wants_equal;

  int equal_masks() const { return wants_equal ? size : size - 1; }
  int opened() const { return equal_masks() + size - 1; }
  // Products of at least two masks: of equals alone, and of one greater with equals above it.
  int products() const { return (1 << equal_masks()) - 1 - equal_masks() + (1 << size) - 1 - size; }
};

using Levels = std::vector<std::vector<Group>>;
// Groups of up to `most` digits, as even as can be.
Levels merge_levels(int digits, int most);

// Planes of one level: word w of plane p at [p * words + w].
struct DigitPlanes {
  Words greater, equal;
};

class Merge {
 public:
  Merge(Dealing& dealing, std::size_t words, int digits, Effort effort);
  // In the first round, at all parties.
  void deal();
  // At the pair with the digits' shares, at the single with empty planes; takes levels().size() rounds.
  // Result: the share of "greater" (one plane).
  Task<Words> evaluate(DigitPlanes digits);
  const Levels& levels() const { return levels_; }

 private:
  Task<DigitPlanes> evaluate_level(const std::vector<Group>& groups, const DigitPlanes& in,
                                   std::size_t mask_plane, std::size_t product_plane);
  Words products_at_single(const Words& first_masks, const Words& second_masks) const;

  Dealing& dealing_;
  std::size_t words_;
  Levels levels_;
  std::size_t mask_planes_ = 0, product_planes_ = 0;
  Words masks_, products_;
};

}  // namespace sotto::protocols::rep3
