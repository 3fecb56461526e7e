#include "crypto/ot/small_tree.h"

#include <gtest/gtest.h>

#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

struct Grown {
  std::vector<Pair> base, masked;
  std::vector<Block> leaves;

  Grown(const SmallTrees& trees, int depth) : masked(static_cast<std::size_t>(depth)) {
    for (int level = 0; level < depth; ++level) base.push_back({random_block(), random_block()});
    leaves = trees.grow(random_block(), base, masked);
  }
};

TEST(SmallTree, TheOtherPartyKnowsAllLeavesButOne) {
  const Session session(random_block());
  for (int depth : {1, 2, 3, 4, 8}) {
    const SmallTrees trees(depth, session);
    const Grown grown(trees, depth);
    ASSERT_EQ(grown.leaves.size(), std::size_t{1} << depth);
    for (std::uint64_t missing = 0; missing < grown.leaves.size(); ++missing) {
      std::vector<Block> chosen;
      for (int level = 0; level < depth; ++level)
        chosen.push_back(
            grown.base[static_cast<std::size_t>(level)][1 - (missing >> (depth - 1 - level)) % 2]);
      auto expected = grown.leaves;
      expected[missing] = Block{};
      ASSERT_EQ(trees.regrow(missing, chosen, grown.masked), expected) << depth << " " << missing;
    }
  }
}

TEST(SmallTree, LeavesAndSessionsDiffer) {
  const Block root = random_block();
  const std::vector<Pair> base(8);
  std::vector<Pair> masked(8);
  std::vector<Block> all;
  for (int session = 0; session < 2; ++session)
    for (const Block& leaf : SmallTrees(8, Session(random_block())).grow(root, base, masked))
      all.push_back(leaf);
  for (std::size_t i = 0; i < all.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) ASSERT_NE(all[i], all[j]);
}

TEST(SmallTree, MovingLeavesRenumbersThem) {
  for (std::uint64_t shift = 0; shift < 16; ++shift) {
    std::vector<Block> leaves(16);
    for (std::uint64_t x = 0; x < 16; ++x) leaves[x] = {x, 7};
    move_leaves(leaves, shift);
    for (std::uint64_t x = 0; x < 16; ++x) EXPECT_EQ(leaves[x], (Block{x ^ shift, 7}));
  }
}

}  // namespace
}  // namespace sotto::ot
