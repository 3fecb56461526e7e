#include "protocols/duo/products.h"

#include <algorithm>
#include <utility>

#include "base/ring.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/convolution_matrices.h"
#include "protocols/duo/duo.h"
#include "protocols/duo/slices.h"
#include "protocols/duo/word_products.h"

namespace sotto::protocols::duo {
namespace {

using Means = ProductWay::Means;
using Product = Contraction::Product;

Task<Words> matrix_terms(Context& context, CrossTerms terms, Words a, Words b, he::MatrixShape shape,
                         ProductWay way) {
  if (way.lattice)
    co_return co_await lattice_cross_terms(context, std::move(*way.lattice), terms, std::move(a),
                                           std::move(b));
  co_return co_await matrix_transfers(context, terms, std::move(a), std::move(b), shape);
}

Task<Words> convolution_terms(Context& context, CrossTerms terms, const Contraction& c, ProductWay way) {
  if (way.means == Means::kConvolution)
    co_return co_await lattice_cross_terms(context, std::move(*way.lattice), terms, part_of(context, c.a),
                                           part_of(context, c.b));
  const ConvolutionMatrices matrices(ring::view_of(c.convolution, c.a.shape, c.b.shape));
  const std::size_t rows = matrices.view.rows(), inner = matrices.inner(), columns = matrices.view.columns();
  Words patches = context.words(rows * inner), factors = context.words(inner * columns);
  context.local([&] {
    matrices.gather_patches(patches.mutable_span(), c.a.parts[0].materialised().span());
    matrices.gather_factors(factors.mutable_span(), c.b.parts[0].materialised().span());
  });
  const Words product = co_await matrix_terms(context, terms, std::move(patches), std::move(factors),
                                              {.m = rows, .k = inner, .n = columns}, std::move(way));
  Words result = context.words(product.size());
  context.local([&] { matrices.scatter(result.mutable_span(), product.span()); });
  co_return result;
}

// The first `encrypted` by slots, the rest by transfers.
Task<Words> elementwise_terms(Context& context, CrossTerms terms, Words a, Words b, std::size_t encrypted) {
  const std::size_t count = a.size();
  std::vector<Task<Words>> ways;
  if (encrypted > 0)
    ways.push_back(
        lattice_elementwise_cross_terms(context, terms, a.slice(0, encrypted), b.slice(0, encrypted)));
  if (encrypted < count || count == 0)
    ways.push_back(elementwise_transfers(context, terms, a.slice(encrypted, count - encrypted),
                                         b.slice(encrypted, count - encrypted)));
  std::vector<Words> parts = co_await when_all(std::move(ways));
  if (parts.size() == 1) co_return parts[0];
  Words result = context.words(count);
  context.local([&] {
    store(result, 0, parts[0]);
    store(result, encrypted, parts[1]);
  });
  co_return result;
}

// Of squares, the first half's term of one order and the second's of the other: their directions run at once.
Task<Words> halves_of_squares(Context& context, Words a, std::size_t encrypted) {
  const std::size_t count = a.size(), half = half_of(count);
  const Words first = a.slice(0, half), second = a.slice(half, count - half);
  std::vector<Task<Words>> halves;
  halves.push_back(elementwise_terms(context, {.second_first = false}, first, first, encrypted));
  halves.push_back(
      elementwise_terms(context, {.first_second = false}, second, second, std::min(encrypted, count - half)));
  const std::vector<Words> parts = co_await when_all(std::move(halves));
  Words result = context.words(count);
  context.local([&] {
    store(result, 0, parts[0]);
    store(result, half, parts[1]);
  });
  co_return result;
}

// Of the one term of a square, both.
Words doubled(const Context& context, const Contraction& c, const Words& term) {
  Words both = context.words(term.size());
  context.local([&] {
    const auto from = term.span();
    const auto to = both.mutable_span();
    if (c.product == Product::kElementwise) return ring::add(to, from, from);
    const std::size_t n = matrix_shape_of(c).m;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j) to[i * n + j] = from[i * n + j] + from[j * n + i];
  });
  return both;
}

}  // namespace

Task<Words> crossed_by(Context& context, const Contraction& c, ProductWay way) {
  const CrossTerms terms = terms_of(c);
  Words sum;
  if (c.product == Product::kConvolution)
    sum = co_await convolution_terms(context, terms, c, std::move(way));
  else if (way.in_halves)
    sum = co_await halves_of_squares(context, part_of(context, c.a), way.encrypted);
  else if (c.product == Product::kElementwise)
    sum = co_await elementwise_terms(context, terms, part_of(context, c.a), part_of(context, c.b),
                                     way.encrypted);
  else
    sum =
        co_await matrix_terms(context, terms, c.a.parts[0], c.b.parts[0], matrix_shape_of(c), std::move(way));
  co_return is_square(c) ? doubled(context, c, sum) : sum;
}

Task<Words> crossed(Context& context, const Contraction& c) {
  ProductChoice choice = choose_product(c);
  return crossed_by(context, c, std::move(choice.ways[choice.chosen]));
}

// ---- For people
// ----------------------------------------------------------------------------------------------

namespace {

std::string name_of(ProductWay way, const Contraction& c) {
  if (std::exchange(way.in_halves, false)) {
    if (way.encrypted == half_of(c.a.elements())) way.encrypted = c.a.elements();
    return name_of(std::move(way), c) + ", half each way";
  }
  const auto factor = [&] { return way.lattice->encrypts_right ? "right" : "left"; };
  switch (way.means) {
    case Means::kTransfers:
      return "transfers";
    case Means::kMatrix:
      return std::string(factor()) + " factor encrypted" +
             (c.product == Product::kConvolution ? ", as matrices" : "");
    case Means::kConvolution:
      return std::string(factor()) + " factor encrypted";
    case Means::kSlots:
      return way.encrypted == c.a.elements() ? "numbers encrypted" : "whole ciphertexts, then transfers";
  }
  return {};
}

// Cross terms alone: what truncation and the like cost is the same for all ways.
WayToMultiply counted(const Contraction& c, const ProductWay& way, const Contraction::Link& network) {
  WayToMultiply counted{.name = name_of(way, c), .bytes = {}};
  for (int self = 0; self < table().parties(); ++self) {
    net::Rounds rounds = net::Rounds::counting(self, table().parties());
    Context context(table(), rounds, nullptr, 0, 0);
    rounds.run(crossed_by(context, c, way));
    counted.rounds = rounds.completed();
    counted.bytes.insert(counted.bytes.end(), rounds.bytes_to().begin(), rounds.bytes_to().end());
  }
  counted.work_nanoseconds = way.cost.nanoseconds;
  counted.nanoseconds = nanoseconds(way, network, terms_of(c));
  return counted;
}

}  // namespace

WaysToMultiply ways_to_multiply(const Contraction& c, const Contraction::Link& network) {
  const CrossTerms terms = terms_of(c);
  WaysToMultiply ways;
  ways.cross_terms = (terms.first_second ? 1 : 0) + (terms.second_first ? 1 : 0);
  ways.is_square = is_square(c);
  if (terms.none()) return ways;
  const ProductChoice choice = choose_product(c, Compare::kEverything);
  for (const ProductWay& way : choice.ways) ways.ways.push_back(counted(c, way, network));
  ways.chosen = choice.chosen;
  ways.is_small = choice.is_small;
  Contraction there = c;
  there.link = network;
  const ProductChoice elsewhere = choose_product(there);
  ways.chosen_there = name_of(elsewhere.way(), c);
  return ways;
}

}  // namespace sotto::protocols::duo
