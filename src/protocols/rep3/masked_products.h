// Products of many XOR-shared bits in one round, several at a time and with factors in common.
//
// Every factor x_i is opened to the pair under a mask that the single knows, c_i = x_i ^ r_i; a product over
// a set T expands into the sum over its subsets S of prod_{i in T \ S} c_i * prod_{i in S} r_i. The single
// deals XOR shares of every product of at least two masks that some set needs (Beaver 1991; many inputs:
// Ohata and Nuida 2020).
//
// Security (semi-honest, one corruption): openings are masked by uniform bits used once; the single receives
// nothing. Cost per element: 2 bits per factor opened, and one per product of masks dealt; 1 round after the
// dealing.
#pragma once

#include <map>
#include <vector>

#include "protocols/rep3/dealing.h"

namespace sotto::protocols::rep3 {

class MaskedProducts {
 public:
  using Set = std::uint64_t;  // bit i: factor i
  struct Purposes {
    Purpose first_masks, second_masks, products;
  };

  // Products over `sets` will be asked for; factors in no set of two or more are not opened.
  MaskedProducts(Dealing& dealing, std::size_t words, const std::vector<Set>& sets, Purposes purposes);
  // In the first round, at all parties.
  void deal();
  // One round. `factors` holds the pair's shares, plane i at [i * words]; empty at the single.
  Task<void> open(Words factors);
  // At the pair, after open(): out ^= share of the product over one of the sets.
  void accumulate(Set set, std::uint64_t* out) const;

 private:
  Words products_at_single(const Words& first, const Words& second) const;
  const std::uint64_t* share_of(Set masks) const;

  Dealing& dealing_;
  std::size_t words_;
  Purposes purposes_;
  std::map<int, std::size_t> opened_;    // factor -> plane of opened_planes_ and masks_
  std::map<Set, std::size_t> products_;  // masks multiplied -> plane of dealt_
  Words factors_, masks_, dealt_, opened_planes_;
  std::vector<std::uint64_t> one_;  // first's share of the empty product
};

}  // namespace sotto::protocols::rep3
