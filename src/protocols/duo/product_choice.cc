#include "protocols/duo/product_choice.h"

#include <algorithm>

#include "protocols/duo/convolution_matrices.h"
#include "protocols/duo/word_products.h"
#include "protocols/he/slot_products.h"

namespace sotto::protocols::duo {
namespace {

using Means = ProductWay::Means;
using Product = Contraction::Product;

// Less than one ciphertext up and one back: no need to plan what cannot win.
bool is_small(const he::Cost& transfers) {
  constexpr std::uint64_t kFloorBytes = 250'000;
  return transfers.rounds <= 2 && transfers.up + transfers.back < kFloorBytes;
}

// The first of those that take least time.
void choose_fastest(ProductChoice& choice, const he::Network& network) {
  if (choice.is_small) return;
  const auto time = [&](const ProductWay& way) { return network.nanoseconds(way.cost); };
  choice.chosen =
      static_cast<std::size_t>(std::ranges::min_element(choice.ways, {}, time) - choice.ways.begin());
}

ProductWay encrypted(Means means, LatticePlan plan) {
  ProductWay way{.means = means, .cost = plan.cost};
  way.lattice = std::move(plan);
  return way;
}

he::Cost together(const he::Cost& a, const he::Cost& b) {
  return {.up = a.up + b.up,
          .back = a.back + b.back,
          .nanoseconds = a.nanoseconds + b.nanoseconds,
          .rounds = std::max(a.rounds, b.rounds)};
}

Setting setting_of(const Contraction& c) {
  return {.bits = {.left = c.a.known_bits, .right = c.b.known_bits},
          .network = network_for(c.link, terms_of(c))};
}

}  // namespace

ProductChoice choose_matrix_product(const he::MatrixShape& shape, const Setting& setting, Compare compare) {
  const he::Cost transfers = matrix_transfers_cost(shape.m, shape.k, shape.n);
  ProductChoice choice{.ways = {{.cost = transfers}}, .is_small = is_small(transfers)};
  if (!choice.is_small || compare == Compare::kEverything)
    choice.ways.push_back(encrypted(Means::kMatrix, plan_lattice_matrix(shape, setting)));
  choose_fastest(choice, setting.network);
  return choice;
}

ProductChoice choose_convolution(const ring::ConvolutionView& view, const Setting& setting, Compare compare) {
  const he::MatrixShape shape{view.rows(), ConvolutionMatrices(view).inner(), view.columns()};
  ProductChoice choice = choose_matrix_product(shape, setting, compare);
  if (choice.ways.size() > 1)
    if (auto plan = plan_lattice_convolution(view, setting))
      choice.ways.push_back(encrypted(Means::kConvolution, std::move(*plan)));
  choose_fastest(choice, setting.network);
  return choice;
}

ProductChoice choose_elementwise(std::size_t count, const he::Network& network) {
  ProductChoice choice{.ways = {{.cost = transfers_cost(count, 1)}}};
  const std::size_t left = count % he::context().degree();
  if (left > 0 && left < count)
    choice.ways.push_back({.means = Means::kSlots,
                           .cost = together(he::slot_products_cost(count - left), transfers_cost(left, 1)),
                           .encrypted = count - left});
  if (count > 0)
    choice.ways.push_back(
        {.means = Means::kSlots, .cost = he::slot_products_cost(count), .encrypted = count});
  choose_fastest(choice, network);
  return choice;
}

namespace {

// One term in one direction, or in halves as fast as two would let them.
ProductChoice choose_squares(const Contraction& c) {
  const std::size_t count = c.a.elements();
  const CrossTerms terms = terms_of(c);
  ProductChoice choice = choose_elementwise(count, network_for(c.link, terms));
  if (count < 2 || terms.none()) return choice;
  ProductWay halves = choose_elementwise(half_of(count), network_for(c.link, {})).way();
  halves.in_halves = true;
  if (nanoseconds(halves, c.link, terms) < nanoseconds(choice.way(), c.link, terms))
    choice.chosen = choice.ways.size();
  choice.ways.push_back(std::move(halves));
  return choice;
}

}  // namespace

ProductChoice choose_product(const Contraction& c, Compare compare) {
  if (c.product == Product::kConvolution)
    return choose_convolution(ring::view_of(c.convolution, c.a.shape, c.b.shape), setting_of(c), compare);
  if (c.product == Product::kElementwise && is_square(c)) return choose_squares(c);
  if (c.product == Product::kElementwise) return choose_elementwise(c.a.elements(), setting_of(c).network);
  return choose_matrix_product(matrix_shape_of(c), setting_of(c), compare);
}

bool is_square(const Contraction& c) {
  return c.same_operand && (c.product == Product::kElementwise ||
                            (c.product == Product::kMatmul && c.transpose_a != c.transpose_b));
}

CrossTerms terms_of(const Contraction& c) {
  CrossTerms terms = cross_terms_of(c.a, c.b);
  if (is_square(c)) terms.second_first = false;
  return terms;
}

he::Network network_for(const Contraction::Link& link, const CrossTerms& terms) {
  const auto rate = static_cast<std::uint64_t>(link.kilobit_per_second) * 1000;
  const bool shared = !link.duplex && terms.first_second && terms.second_first;
  return {.bits_per_second = shared ? rate / 2 : rate,
          .round_nanoseconds = static_cast<std::uint64_t>(link.one_way_microseconds) * 1000};
}

std::uint64_t nanoseconds(const ProductWay& way, const Contraction::Link& link, const CrossTerms& terms) {
  return network_for(link, way.in_halves ? CrossTerms{} : terms).nanoseconds(way.cost);
}

he::MatrixShape matrix_shape_of(const Contraction& c) {
  const auto extent = [](const Share& share, std::size_t axis) {
    return static_cast<std::size_t>(share.shape[axis]);
  };
  return {.m = extent(c.a, c.transpose_a ? 1 : 0),
          .k = extent(c.a, c.transpose_a ? 0 : 1),
          .n = extent(c.b, c.transpose_b ? 0 : 1),
          .x_transposed = c.transpose_a,
          .y_transposed = c.transpose_b};
}

}  // namespace sotto::protocols::duo
