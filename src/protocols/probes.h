// Random projections of a tensor: whether all of it is small can be told from a few numbers.
//
// A probe is t = sum of r_i v_i modulo 2^64 with public coefficients r_i that are 1, -1 or 0 with probability
// 1/4, 1/4, 1/2. Being linear it needs no interaction. Let -T <= t < T be looked at:
//   - if some |v_i| >= 2T (as a signed ring element), then whatever the others give for t, of t - v_i, t and
//     t + v_i either the second lies in that range or some of the other two (both only where 2 v_i wraps to a
//     small number), so a probe misses it with probability at most 1/2, and kProbes of them with 2^-kProbes;
//   - if the norm of v is below T / k, then t lies in that range but for 2 e^-(k^2) (Hoeffding, r_i being the
//     mean of two signs): no false alarm.
// Large tensors are cut into groups of consecutive elements with kProbes probes each, so that norms stay
// small. The coefficients are drawn anew for every operation and step, from addresses alone: parties and data
// do not depend on them (semi-honest), and all know them. Idea: modular Johnson-Lindenstrauss projections as
// in proofs of smallness for lattices (Gentry, Halevi, Lyubashevsky, EUROCRYPT 2022).
#pragma once

#include <cstddef>
#include <span>

#include "base/ring.h"
#include "protocols/table.h"

namespace sotto::protocols {

// The probes of a tensor of `elements`, in `groups` groups (the last may be shorter): words [group * kProbes
// + probe].
class Projection {
 public:
  Projection(std::size_t elements, std::size_t groups) : group_size_((elements + groups - 1) / groups) {}

  // sums += the part of every probe that the elements [offset, offset + values.size()) contribute. Any cut of
  // the tensor gives the same sums. `site` says which coefficients: all parties give the same.
  void add(std::span<ring::Element> sums, std::span<const ring::Element> values, std::size_t offset,
           const Site& site) const;

 private:
  std::size_t group_size_;
};

}  // namespace sotto::protocols
