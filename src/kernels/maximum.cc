#include "kernels/maximum.h"

#include <algorithm>

namespace sotto::kernels {
namespace {

std::int64_t columns(const Share& share) { return share.shape.back(); }

// The pairs i < j of k columns, in order.
std::vector<std::pair<std::int64_t, std::int64_t>> pairs_of(std::int64_t k) {
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (std::int64_t i = 0; i < k; ++i)
    for (std::int64_t j = i + 1; j < k; ++j) pairs.emplace_back(i, j);
  return pairs;
}

// Bits [..., pair] of x_i >= x_j.
Task<Share> compare_pairs(Context& context, const Share& x, Comparing how) {
  Indices left, right;
  for (const auto& [i, j] : pairs_of(columns(x))) {
    left.push_back(i);
    right.push_back(j);
  }
  co_return co_await protocols::sign(
      context, subtracted(context, columns_of(context, x, left), columns_of(context, x, right)), how.window,
      how.effort);
}

// Where column i finds its k - 1 comparisons among the pairs' bits, followed by the complements of all of
// them.
Indices comparisons_of_columns(std::int64_t k) {
  const auto pairs = pairs_of(k);
  const auto count = static_cast<std::int64_t>(pairs.size());
  Indices list;
  for (std::int64_t column = 0; column < k; ++column)
    for (std::int64_t p = 0; p < count; ++p) {
      const auto& [i, j] = pairs[static_cast<std::size_t>(p)];
      if (i == column) list.push_back(p);
      if (j == column) list.push_back(count + p);
    }
  return list;
}

// Tensors joined along the last axis.
Share beside(const Context& context, const Share& left, const Share& right) {
  return joined(context, {left, right}, left.shape.size() - 1);
}

Share all_ones(const Context& context, const Shape& shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  Words words = context.words((count + 63) / 64);
  context.local([&] {
    auto out = words.mutable_span();
    std::fill(out.begin(), out.end(), ~std::uint64_t{0});
    if (count % 64 != 0) out.back() = (std::uint64_t{1} << (count % 64)) - 1;
  });
  return protocols::constant(context, std::move(words), Kind::kBoolean, shape);
}

Task<Share> one_hot_by_pairs(Context& context, Share x, Comparing how) {
  const std::int64_t k = columns(x);
  if (k == 1) co_return all_ones(context, x.shape);
  const Share bits = co_await compare_pairs(context, x, how);
  const Share both = beside(context, bits, protocols::complement(context, bits));
  Shape shape = x.shape;
  shape.push_back(k - 1);
  const Share wins = columns_of(context, both, comparisons_of_columns(k)).reshaped(shape);
  if (k == 2) co_return wins.reshaped(x.shape);
  co_return co_await protocols::all_of_last_axis(context, wins);
}

// One level of the tournament: the larger of each two neighbours, and the bits that the left one won. An odd
// last column is carried along.
struct Level {
  Share winners, left_won;
};

Task<Level> halve(Context& context, Share x, Comparing how) {
  Indices left, right, last;
  for (std::int64_t i = 0; i + 1 < columns(x); i += 2) {
    left.push_back(i);
    right.push_back(i + 1);
  }
  if (columns(x) % 2 == 1) last.push_back(columns(x) - 1);
  const Share losers = columns_of(context, x, right);
  protocols::Contraction c;
  c.addends = {{.share = columns_of(context, x, left)}, {.share = losers, .scale = ring::Element{0} - 1}};
  c.shape = losers.shape;
  c.then = protocols::Then::kRelu;
  c.window = how.window;
  c.effort = how.effort;
  const Shares relu = co_await protocols::contract(context, std::move(c));
  const Share winners = added(context, losers, relu[0]);
  co_return Level{.winners = last.empty() ? winners : beside(context, winners, columns_of(context, x, last)),
                  .left_won = relu[1]};
}

// The bits of a level for each of its `width` entering columns.
Share bits_of_level(const Context& context, const Share& left_won, std::int64_t width) {
  const std::int64_t pairs = columns(left_won);
  Share both = beside(context, left_won, protocols::complement(context, left_won));
  if (width % 2 == 1) both = beside(context, both, all_ones(context, with_last(left_won.shape, 1)));
  Indices list;
  for (std::int64_t i = 0; i < width; ++i)
    list.push_back(i / 2 == pairs ? 2 * pairs : i % 2 == 0 ? i / 2 : pairs + i / 2);
  return columns_of(context, both, list);
}

}  // namespace

Task<Share> one_hot_of_maximum(Context& context, Share x, Comparing how) {
  const std::int64_t k = columns(x);
  SOTTO_ASSERT(k >= 1 && k <= kMostColumns, "the number of columns is checked before");
  // Each column's path to the root, one bit per level.
  std::vector<Share> path;
  std::vector<std::int64_t> widths;
  while (columns(x) > kMostColumnsByPairs) {
    widths.push_back(columns(x));
    Level level = co_await halve(context, x, how);
    path.push_back(bits_of_level(context, level.left_won, widths.back()));
    x = level.winners;
  }
  const Share top = co_await one_hot_by_pairs(context, x, how);
  if (path.empty()) co_return top;
  // [..., leaf, level]: the top's bit of the leaf's ancestor, then each level's.
  path.push_back(top);
  Share all;
  for (std::size_t level = 0; level < path.size(); ++level) {
    Indices ancestors;
    for (std::int64_t leaf = 0; leaf < k; ++leaf) ancestors.push_back(leaf >> level);
    const Share bits = columns_of(context, path[level], ancestors);
    all = level == 0 ? bits : beside(context, all, bits);
  }
  const auto levels = static_cast<std::int64_t>(path.size());
  Indices by_leaf;
  for (std::int64_t leaf = 0; leaf < k; ++leaf)
    for (std::int64_t level = 0; level < levels; ++level) by_leaf.push_back(level * k + leaf);
  Shape shape = with_last(all.shape, k);
  shape.push_back(levels);
  co_return co_await protocols::all_of_last_axis(context, columns_of(context, all, by_leaf).reshaped(shape));
}

Task<Share> maximum(Context& context, Share x, Comparing how) {
  while (columns(x) > kMostColumnsByPairs || columns(x) == 2) x = (co_await halve(context, x, how)).winners;
  if (columns(x) == 1) co_return x.reshaped(without_last(x.shape));
  const Share one_hot = co_await one_hot_by_pairs(context, x, how);
  protocols::Contraction c;
  c.addends.push_back({.share = x});
  c.shape = x.shape;
  c.then = protocols::Then::kSelect;
  c.selector = one_hot;
  const Shares selected = co_await protocols::contract(context, std::move(c));
  co_return last_axis_summed(context, selected[0]);
}

}  // namespace sotto::kernels
