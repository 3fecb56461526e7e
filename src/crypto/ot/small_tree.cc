#include "crypto/ot/small_tree.h"

#include <utility>

namespace sotto::ot {
namespace {

// Sums of the left and of the right children.
Pair side_sums(std::span<const Block> nodes) {
  Pair sums;
  for (std::size_t i = 0; i < nodes.size(); ++i) sums[i % 2] ^= nodes[i];
  return sums;
}

// All ones where a == b.
std::uint64_t equal_mask(std::uint64_t a, std::uint64_t b) {
  const std::uint64_t difference = a ^ b;
  return ((difference | (std::uint64_t{0} - difference)) >> 63) - 1;
}

// Adds `value` to node number `place`, looking at all.
void add_at(std::span<Block> nodes, std::uint64_t place, const Block& value) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const std::uint64_t mask = equal_mask(i, place);
    nodes[i] ^= value & Block{mask, mask};
  }
}

}  // namespace

SmallTrees::SmallTrees(int depth, const Session& session)
    : depth_(depth),
      left_(session.keys(Session::Purpose::kTreeLeft)),
      right_(session.keys(Session::Purpose::kTreeRight)) {}

std::vector<Block> SmallTrees::children(std::span<const Block> nodes) const {
  std::vector<Block> left(nodes.size()), right(nodes.size()), both;
  backend().hash(left.data(), nodes.data(), nodes.size(), Block{}, left_);
  backend().hash(right.data(), nodes.data(), nodes.size(), Block{}, right_);
  both.reserve(2 * nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    both.push_back(left[i]);
    both.push_back(right[i]);
  }
  return both;
}

std::vector<Block> SmallTrees::grow(const Block& root, std::span<const Pair> base,
                                    std::span<Pair> masked) const {
  std::vector<Block> nodes{root};
  for (std::size_t level = 0; level < static_cast<std::size_t>(depth_); ++level) {
    nodes = children(nodes);
    const Pair sums = side_sums(nodes);
    for (std::size_t side = 0; side < 2; ++side) masked[level][side] = sums[side] ^ base[level][side];
  }
  return nodes;
}

std::vector<Block> SmallTrees::regrow(std::uint64_t missing, std::span<const Block> base,
                                      std::span<const Pair> masked) const {
  std::vector<Block> nodes{Block{}};
  // What the unknown node, kept as zero, seems to have as children.
  const std::vector<Block> of_zero = children(nodes);
  for (std::size_t level = 0; level < static_cast<std::size_t>(depth_); ++level) {
    const std::uint64_t path = missing >> (static_cast<std::size_t>(depth_) - 1 - level);
    const std::uint64_t kept = (path & 1) ^ 1;  // the side whose sum was chosen
    if (level == 0) {
      nodes.assign(2, Block{});
    } else {
      nodes = children(nodes);
      add_at(nodes, path & ~std::uint64_t{1}, of_zero[0]);
      add_at(nodes, path | 1, of_zero[1]);
    }
    const Pair sums = side_sums(nodes);
    const Block whole = base[level] ^ choose(kept, masked[level][1], masked[level][0]);
    add_at(nodes, path ^ 1, whole ^ choose(kept, sums[1], sums[0]));
  }
  return nodes;
}

void move_leaves(std::span<Block> leaves, std::uint64_t shift) {
  for (std::size_t distance = 1; distance < leaves.size(); distance *= 2, shift >>= 1)
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      if ((i & distance) != 0) continue;
      const Block changed = (leaves[i] ^ leaves[i + distance]) & Block{mask_of(shift), mask_of(shift)};
      leaves[i] ^= changed;
      leaves[i + distance] ^= changed;
    }
}

}  // namespace sotto::ot
