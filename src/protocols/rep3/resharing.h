// From the pair's two shares of a value to a replicated sharing again.
//
// The components that the single knows are masks, negated: first's from the key it has in common with the
// single, second's from the other. The pair exchanges its shares under those masks; their sum, and what both
// know anyway, is the third component.
//
// Security: each of the pair sees the other's share under a mask it does not know, used once. Cost per
// element: 16 bytes, 1 round.
#pragma once

#include "protocols/rep3/truncation.h"

namespace sotto::protocols::rep3 {

// Purposes of the masks; the addresses must not have served before.
struct Resharing {
  Purpose first = kReshareFirst, second = kReshareSecond;

  // Fills the components that the single knows, at those who know them; they do not depend on anything that
  // arrives.
  void draw(const Dealing& dealing, const Chunk& chunk, const Output& output) const;
};

// After draw(): fills the component of the pair. `mine`: at the pair its share, elsewhere not looked at;
// `common`: what both of the pair add, or empty.
Task<void> share_again(const Dealing& dealing, const Chunk& chunk, Words mine, const Output& output,
                       Words common = {});

}  // namespace sotto::protocols::rep3
