#include "protocols/he/product_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "crypto/lattice/pack.h"
#include "protocols/he/convolution_layout.h"
#include "protocols/he/keys.h"

namespace sotto::protocols::he {
namespace {

// Nanoseconds for a ciphertext modulo one prime at N = 8192, but for automorphisms, at four primes.
constexpr std::uint64_t kEncrypt = 15'000, kEncode = 10'000, kProduct = 2'500, kSwitch = 20'000,
                        kMerge = 480'000, kHide = 45'000, kReturn = 60'000;

lattice::Noise product_noise(const ProductPlan& plan) {
  const double largest = std::exp2(plan.numbers.multiplier_bits - 1);
  const lattice::Noise term =
      lattice::fresh_noise().convolved(largest, static_cast<double>(plan.layout->nonzero()));
  return term.times(static_cast<double>(plan.blocks.inner));
}

Cost cost_of(const ProductPlan& plan) {
  const std::uint64_t fresh = plan.path.fresh, packed = plan.path.packed;
  const std::size_t empty = lattice::reply_bytes(context(), plan.reply);
  lattice::ReplyShape full = plan.reply;
  full.positions.resize(context().degree());
  const std::uint64_t of_all = lattice::reply_bytes(context(), full) - empty;
  Cost cost;
  cost.up = plan.operands() * lattice::seeded_bytes(context(), plan.path.fresh);
  cost.back = plan.replies() * empty + (plan.layout->results() * of_all) / context().degree();
  cost.nanoseconds = plan.operands() * fresh * kEncrypt +
                     plan.blocks.inner * plan.blocks.columns * fresh * kEncode +
                     plan.products() * plan.blocks.inner * fresh * kProduct +
                     plan.replies() * packed * (kHide + kSwitch + kReturn);
  if (fresh > packed) cost.nanoseconds += plan.products() * fresh * kSwitch;
  if (plan.together > 1) cost.nanoseconds += plan.products() * kMerge;
  return cost;
}

// Whichever of two takes less time.
void take_better(std::optional<ProductPlan>& best, std::optional<ProductPlan> plan, const Network& network) {
  if (!plan) return;
  if (!best || network.nanoseconds(plan->cost) < network.nanoseconds(best->cost)) best = std::move(plan);
}

}  // namespace

std::optional<ProductPlan> plan_layout(std::shared_ptr<const Layout> layout, const Numbers& numbers) {
  ProductPlan plan{.layout = std::move(layout), .numbers = numbers};
  plan.blocks = plan.layout->blocks();
  plan.together = std::min({plan.layout->gap(), kMostPacked, std::bit_ceil(plan.products())});
  const auto path = return_path(plan.space(), product_noise(plan), plan.together, numbers.summands);
  if (!path) return {};
  plan.path = *path;
  plan.reply = lattice::reply_shape(lattice::Codec(context(), plan.space(), path->reply), path->returned, {});
  plan.cost = cost_of(plan);
  return plan;
}

std::optional<ProductPlan> plan_matrix(const MatrixShape& shape, bool encrypts_right, const MatrixPart& part,
                                       const Numbers& numbers, const Network& network) {
  const std::size_t degree = context().degree(), columns = encrypts_right ? shape.m : shape.n;
  std::optional<ProductPlan> best;
  for (std::size_t gap = 1; gap <= std::min(degree, std::bit_ceil(part.inner)); gap *= 2)
    for (std::size_t rows = 1; rows <= std::min(degree / gap, std::bit_ceil(part.rows)); rows *= 2) {
      const std::size_t row_block = std::min(rows, part.rows);
      const MatrixLayout::Geometry geometry{
          .gap = gap, .row_block = row_block, .column_block = std::min(columns, degree / (gap * row_block))};
      take_better(best,
                  plan_layout(std::make_shared<MatrixLayout>(shape, encrypts_right, part, geometry), numbers),
                  network);
    }
  return best;
}

std::optional<ProductPlan> plan_convolution(const ring::ConvolutionView& view, bool encrypts_right,
                                            const Numbers& numbers, const Network& network) {
  const std::size_t room = context().degree() / ConvolutionLayout::cell(view);
  const auto in = static_cast<std::size_t>(view.in), out = static_cast<std::size_t>(view.out),
             batch = static_cast<std::size_t>(view.batch);
  std::optional<ProductPlan> best;
  for (std::size_t i = 1; i <= std::min(room, std::bit_ceil(in)); i *= 2)
    for (std::size_t o = 1; o <= std::min(room / i, std::bit_ceil(out)); o *= 2) {
      const ConvolutionLayout::Geometry geometry{
          .images = std::min(batch, room / (i * o)), .in = std::min(i, in), .out = std::min(o, out)};
      take_better(best,
                  plan_layout(std::make_shared<ConvolutionLayout>(view, encrypts_right, geometry), numbers),
                  network);
    }
  return best;
}

std::vector<Layout::Place> ProductPlan::places(std::size_t index) const {
  std::vector<Layout::Place> found;
  for (std::size_t i = 0; i < together && index * together + i < products(); ++i) {
    const std::size_t product = index * together + i;
    const auto offset = static_cast<std::uint32_t>(lattice::Packer::place(i, together));
    for (Layout::Place place : layout->places(product % blocks.rows, product / blocks.rows)) {
      place.coefficient += offset;
      found.push_back(place);
    }
  }
  std::ranges::sort(found, {}, &Layout::Place::coefficient);
  return found;
}

}  // namespace sotto::protocols::he
