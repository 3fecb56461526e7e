// The comparison that an effort asks for: the tree; or for the fewest bytes, where there are so many that
// their transfers are silent, the chain of carries. Of few, the transfers cost most, of which the tree needs
// fewer.
#pragma once

#include <optional>

#include "protocols/duo/carry_chain.h"
#include "protocols/duo/comparison.h"
#include "protocols/duo/slices.h"

namespace sotto::protocols::duo {

class Signs {
 public:
  static bool is_chain(std::size_t count, int window, Effort effort) {
    return effort == Effort::kFewBytes &&
           bits::words_for(count) * 64 * static_cast<std::size_t>(window - 1) >= kSilentFrom;
  }
  // Elements at once.
  static std::size_t slice_of(Effort effort) {
    return effort == Effort::kFewBytes ? kLongSlice : kSliceElements;
  }

  Signs(Supply& supply, const Site& site, std::size_t count, int window, Effort effort) {
    if (is_chain(count, window, effort))
      chain_.emplace(supply, count, window);
    else
      tree_.emplace(supply, site, count, window, effort);
  }

  // This party's part of v, |v| < 2^(window-1), any bits above the window; result: its share of [v >= 0], a
  // plane.
  Task<Words> run(Words part) { return chain_ ? chain_->run(std::move(part)) : tree_->run(std::move(part)); }

 private:
  std::optional<CarryChain> chain_;
  std::optional<Comparison> tree_;
};

}  // namespace sotto::protocols::duo
