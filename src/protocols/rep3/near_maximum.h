// One column of each row that is the row's maximum but for less than 2^(dropped+1) units, opened to the pair
// under a mask that the single knows: all that softmax needs of a maximum.
//
// Columns are compared without their `dropped` lowest bits: with A mod 2^(window+1) and B likewise, each
// shifted right, c = floor(A / 2^d) + floor(B / 2^d) = floor(x / 2^d) - (0 or 1) modulo 2^(window+1-d). c is
// one number for each column, however often it is compared, so that exactly one column wins against all
// others (of equals the first), and that one's x is more than max - 2^(d+1).
//
// All pairs are compared at once (comparison.h); a column's bit w is the product of its k-1 comparisons
// (masked_products.h), opened as c = w ^ r; with r and r B dealt, as in selection.h without truncation,
//   sum of w x = sum of c (A + B) + (1 - 2c) (r A + r B),
// of which the pair has shares; they open it under the mask that is the maximum's B from then on.
//
// Security: as the files named; each mask is used once, the single receives nothing. Perfect. Rounds: 1 to
// deal, + merging (1 for up to 16 bits compared), product, c, opening. Cost per row of k columns: k(k-1)/2
// comparisons of window+1-d bits, k (2^(k-1) - k + 2 (k-1) + 2 + 2 width) bits, 2 width bits.
#pragma once

#include "base/bits.h"
#include "protocols/rep3/comparison.h"
#include "protocols/rep3/masked_products.h"
#include "protocols/rep3/narrow_opening.h"

namespace sotto::protocols::rep3 {

class NearMaximum {
 public:
  // Columns differ by less than 2^(window-1) units; 2 to 10 columns. The maximum is opened modulo 2^width.
  struct Form {
    std::size_t rows, columns;
    int window, dropped, width;
    Effort effort;
  };
  NearMaximum(Dealing& dealing, const Form& form);

  // In the first round, at all parties; `half` holds the elements' B at the single, row by row, else empty.
  void deal(const Words& half);
  // From deal() on, at the single: B of the maxima, one for each row, modulo 2^width; elsewhere empty.
  Words half_at_single() const;
  // At the pair, the elements' A and this party's own component of their B; result: A of the maxima.
  Task<Words> evaluate(Words half, Words component);

 private:
  std::size_t elements() const { return form_.rows * form_.columns; }
  std::size_t pairs() const { return form_.columns * (form_.columns - 1) / 2; }
  std::size_t words() const { return bits::words_for(elements()); }
  Words differences(const Words& half) const;
  Words factors(const Words& comparisons) const;
  Task<Words> open_winners(Words comparisons);
  Words maxima(const Words& half, const Words& component, const Words& opened) const;

  Dealing& dealing_;
  Form form_;
  Comparison comparison_;
  MaskedProducts wins_;
  NarrowOpening opening_;
  Words mask_;  // the pair's part of r, planes; at the single all of it
  Dealing::Narrow bit_, high_bit_;
};

}  // namespace sotto::protocols::rep3
