#include "protocols/duo/lattice_products.h"

#include <algorithm>

#include "base/ring.h"
#include "protocols/duo/session.h"
#include "protocols/duo/slices.h"
#include "protocols/he/convolution_layout.h"
#include "protocols/he/slot_products.h"

namespace sotto::protocols::duo {
namespace {

// Of the encrypted factor at once: 256 ciphertexts of 222 kB where they are full.
constexpr std::size_t kNumbersAtOnce = std::size_t{1} << 21;
// At 64 bits the noise of some more fits every layout that a plan may prefer.
constexpr std::size_t kInnerAtOnce = std::size_t{1} << 16;

void add_piece(LatticePlan& plan, he::ProductPlan piece) {
  plan.cost.up += piece.cost.up;
  plan.cost.back += piece.cost.back;
  plan.cost.nanoseconds += piece.cost.nanoseconds;
  plan.cost.rounds += piece.cost.rounds;
  plan.pieces.push_back(std::move(piece));
}

LatticePlan matrix_pieces(const he::MatrixShape& shape, bool encrypts_right, int multiplier_bits,
                          const he::Network& network) {
  LatticePlan plan{
      .encrypts_right = encrypts_right, .pieces = {}, .results = shape.m * shape.n, .cost = {.rounds = 0}};
  const std::size_t rows = encrypts_right ? shape.n : shape.m, inner_step = std::min(shape.k, kInnerAtOnce),
                    row_step =
                        std::max<std::size_t>(1, kNumbersAtOnce / std::max<std::size_t>(1, inner_step));
  for (std::size_t row = 0; row < rows; row += row_step)
    for (std::size_t inner = 0; inner < shape.k; inner += inner_step) {
      const he::MatrixPart part{.first_row = row,
                                .rows = std::min(row_step, rows - row),
                                .first_inner = inner,
                                .inner = std::min(inner_step, shape.k - inner)};
      auto piece =
          he::plan_matrix(shape, encrypts_right, part, {.multiplier_bits = multiplier_bits}, network);
      SOTTO_ASSERT(piece.has_value(), "pieces are small enough for their noise");
      add_piece(plan, std::move(*piece));
    }
  return plan;
}

// Every piece of one term.
Task<void> direction(Context& context, LatticePlan plan, int owner, Words encrypted, Words multiplier,
                     Words sum) {
  he::Ends* ends = lattice_ends(context);
  const bool owns = context.self() == owner;
  for (const he::ProductPlan& piece : plan.pieces) {
    const he::EncryptedOperand operand =
        co_await he::encrypt(context, ends, owner, piece, owns ? encrypted : Words());
    he::EncryptedProduct product = he::multiply(context, ends, operand, owns ? Words() : multiplier);
    co_await he::return_shares(context, ends, std::move(product), sum);
  }
}

const LatticePlan& better(const LatticePlan& left, const LatticePlan& right, const he::Network& network) {
  return network.nanoseconds(right.cost) < network.nanoseconds(left.cost) ? right : left;
}

}  // namespace

LatticePlan plan_lattice_matrix(const he::MatrixShape& shape, const Setting& setting) {
  const auto& [bits, network] = setting;
  return better(matrix_pieces(shape, false, bits.right, network),
                matrix_pieces(shape, true, bits.left, network), network);
}

std::optional<LatticePlan> plan_lattice_convolution(const ring::ConvolutionView& view,
                                                    const Setting& setting) {
  const auto& [bits, network] = setting;
  std::optional<LatticePlan> best;
  for (const bool encrypts_right : {false, true}) {
    auto piece = he::plan_convolution(view, encrypts_right,
                                      {.multiplier_bits = encrypts_right ? bits.left : bits.right}, network);
    if (!piece) continue;
    LatticePlan plan{.encrypts_right = encrypts_right,
                     .pieces = {},
                     .results = piece->layout->results(),
                     .cost = {.rounds = 0}};
    add_piece(plan, std::move(*piece));
    best = best ? better(*best, plan, network) : plan;
  }
  return best;
}

Task<Words> lattice_cross_terms(Context& context, LatticePlan plan, CrossTerms terms, Words a, Words b) {
  Words sum = context.words(plan.results);
  context.local([&] { std::ranges::fill(sum.mutable_span(), 0); });
  std::vector<Task<void>> directions;
  // The party whose part of a the term has.
  for (const int left : {0, 1}) {
    if (!terms.has(left)) continue;
    // Parts of no term may be large and zero: they are left alone.
    Words used_a, used_b;
    context.local([&] { context.self() == left ? used_a = a.materialised() : used_b = b.materialised(); });
    directions.push_back(plan.encrypts_right ? direction(context, plan, 1 - left, used_b, used_a, sum)
                                             : direction(context, plan, left, used_a, used_b, sum));
  }
  co_await when_all(std::move(directions));
  co_return sum;
}

Task<Words> lattice_elementwise_cross_terms(Context& context, CrossTerms terms, Words a, Words b) {
  he::Ends* ends = lattice_ends(context);
  Words result = context.words(a.size());
  context.local([&] { std::ranges::fill(result.mutable_span(), 0); });
  for (const Slice& slice : slices_of(a.size())) {
    std::vector<Task<Words>> directions;
    for (const int owner : {0, 1})
      if (terms.has(owner))
        directions.push_back(
            he::slot_products(context, ends, owner, slice.of(context.self() == owner ? a : b)));
    const std::vector<Words> shares = co_await when_all(std::move(directions));
    context.local([&] {
      const auto to = result.mutable_span().subspan(slice.begin, slice.count);
      for (const Words& share : shares) ring::add(to, to, share.span());
    });
  }
  co_return result;
}

Task<Words> private_matrix_product(Context& context, int owner, he::MatrixShape shape, int bits, Words a,
                                   Words x) {
  const CrossTerms terms{.first_second = owner == 0, .second_first = owner == 1};
  Words result = co_await lattice_cross_terms(context, plan_lattice_matrix(shape, {.bits = {.left = bits}}),
                                              terms, a, x);
  if (context.self() == owner)
    context.local([&] {
      ring::matmul(result.mutable_span().data(), {a.span().data(), static_cast<std::ptrdiff_t>(shape.k), 1},
                   {x.span().data(), static_cast<std::ptrdiff_t>(shape.n), 1}, shape.m, shape.k, shape.n,
                   /*accumulate=*/true);
    });
  co_return result;
}

}  // namespace sotto::protocols::duo
