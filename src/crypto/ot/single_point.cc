#include "crypto/ot/single_point.h"

#include "base/aligned.h"
#include "base/error.h"
#include "base/vectorized.h"
#include "crypto/ot/base_ot.h"

namespace sotto::ot {
namespace {

// Sums of all nodes at even and at odd places.
SOTTO_VECTORIZED Pair side_sums(const Block* nodes, std::size_t pairs) {
  std::uint64_t sums[4] = {};
  const auto* words = reinterpret_cast<const std::uint64_t*>(nodes);
  for (std::size_t i = 0; i < pairs; ++i)
    for (std::size_t k = 0; k < 4; ++k) sums[k] ^= words[4 * i + k];
  return {Block{sums[0], sums[1]}, Block{sums[2], sums[3]}};
}

// Adds to both nodes of pair number `place`, looking at all; then takes `cleared` bits away from all nodes.
SOTTO_VECTORIZED void add_at(Block* nodes, std::size_t pairs, std::uint64_t place, const Pair& added,
                             std::uint64_t cleared) {
  const std::uint64_t add[4] = {added[0].low, added[0].high, added[1].low, added[1].high};
  const std::uint64_t keep[4] = {~cleared, ~std::uint64_t{0}, ~cleared, ~std::uint64_t{0}};
  auto* words = reinterpret_cast<std::uint64_t*>(nodes);
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint64_t difference = i ^ place;
    const std::uint64_t mask = ((difference | (std::uint64_t{0} - difference)) >> 63) - 1;
    for (std::size_t k = 0; k < 4; ++k) words[4 * i + k] = (words[4 * i + k] & keep[k]) ^ (mask & add[k]);
  }
}

std::size_t check_sizes(std::size_t leaves, std::size_t message, std::size_t base) {
  SOTTO_ASSERT(message >= 1 && message == base && leaves == std::size_t{1} << base,
               "a tree has two to the number of its levels leaves");
  return base;
}

// Grows in one array and reads from another, so that the last level lands in `leaves`.
class Levels {
 public:
  Levels(std::span<Block> leaves, std::size_t levels) : spare_(leaves.size() / 2), leaves_(leaves) {
    at_leaves_ = levels % 2 == 1;
  }
  Block* nodes() { return at_leaves_ ? leaves_.data() : spare_.data(); }
  // From n nodes to their children.
  void split(std::size_t n, const RoundKeys& key) {
    const Block* from = nodes();
    at_leaves_ = !at_leaves_;
    backend().split(nodes(), from, n, key);
  }

 private:
  AlignedVector<Block> spare_;
  std::span<Block> leaves_;
  bool at_leaves_;
};

}  // namespace

void grow_point(std::span<Block> leaves, std::span<Block> message, const Block& start, const Block& delta,
                std::span<const Block> base, const RoundKeys& key) {
  const std::size_t levels = check_sizes(leaves.size(), message.size(), base.size());
  Levels tree(leaves, levels);
  tree.nodes()[0] = start;
  tree.nodes()[1] = start ^ delta;
  message[0] = base[0] ^ start;
  for (std::size_t level = 1; level < levels; ++level) {
    const std::size_t nodes = std::size_t{1} << level;
    tree.split(nodes, key);
    message[level] = base[level] ^ side_sums(tree.nodes(), nodes)[0];
  }
  for (Block& leaf : leaves) leaf.low &= ~std::uint64_t{1};
}

void regrow_point(std::span<Block> leaves, std::span<const Block> message, std::span<const Block> base,
                  const RoundKeys& key) {
  const std::size_t levels = check_sizes(leaves.size(), message.size(), base.size());
  Levels tree(leaves, levels);
  tree.nodes()[0] = tree.nodes()[1] = Block{};
  // Both children that the unknown node, kept as zero, seems to have.
  Block of_zero[2];
  const Block zero;
  backend().split(of_zero, &zero, 1, key);
  std::uint64_t path = 0;
  for (std::size_t level = 0; level < levels; ++level) {
    const std::size_t pairs = std::size_t{1} << level;
    if (level > 0) tree.split(pairs, key);
    const Pair sums = side_sums(tree.nodes(), pairs);
    const std::uint64_t known = base[level].low & 1;  // the side of which the sum is known
    const Block seeming = level > 0 ? of_zero[0] : Block{};
    // What is added brings the known side's node to its value, and the other to zero.
    const Block sibling = message[level] ^ base[level] ^ choose(known, sums[1], sums[0]);
    const bool last = level + 1 == levels;
    // At the leaves the other becomes the sum of all other leaves instead, and its lowest bit one, all others
    // zero.
    const Block other = last ? sibling ^ sums[0] ^ sums[1] : seeming;
    Pair added{choose(known, other, sibling), choose(known, sibling, other)};
    if (last)
      for (std::size_t side = 0; side < 2; ++side)
        added[side].low = (added[side].low & ~std::uint64_t{1}) | (known ^ side);
    add_at(tree.nodes(), pairs, path, added, last ? 1 : 0);
    path = 2 * path + (known ^ 1);
  }
}

}  // namespace sotto::ot
