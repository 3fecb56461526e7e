// Small trees of which one party knows all leaves and the other all but one (punctured pseudorandom
// functions).
//
// Node x has the children pi_0(x) ^ x and pi_1(x) ^ x under two public keys of the session. A leaf's number
// is its path, the highest bit first. The knower publishes at each level both sums of all nodes that are left
// (right) children, masked by the two strings of a base transfer; the other chooses the side its path avoids.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/ot/base_ot.h"
#include "crypto/ot/hash.h"

namespace sotto::ot {

class SmallTrees {
 public:
  SmallTrees(int depth, const Session& session);

  // All 2^depth leaves of a tree with this root; masked[l] are level l's two sums, masked by base[l].
  std::vector<Block> grow(const Block& root, std::span<const Pair> base, std::span<Pair> masked) const;
  // All leaves but number `missing`, which is zero; base[l] is string 1 - (missing's bit depth-1-l) of
  // transfer l. Constant time in `missing` and blocks.
  std::vector<Block> regrow(std::uint64_t missing, std::span<const Block> base,
                            std::span<const Pair> masked) const;

 private:
  std::vector<Block> children(std::span<const Block> nodes) const;

  int depth_;
  RoundKeys left_, right_;
};

// leaves[x] = leaves[x ^ shift], in constant time.
void move_leaves(std::span<Block> leaves, std::uint64_t shift);

}  // namespace sotto::ot
