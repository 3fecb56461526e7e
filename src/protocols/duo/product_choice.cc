#include "protocols/duo/product_choice.h"

#include <algorithm>

#include "protocols/duo/convolution_matrices.h"
#include "protocols/duo/word_products.h"
#include "protocols/he/slot_products.h"

namespace sotto::protocols::duo {
namespace {

// Less than one ciphertext up and one back: no need to plan what cannot win.
bool is_small(const he::Cost& transfers) {
  constexpr std::uint64_t kFloorBytes = 250'000;
  return transfers.rounds <= 2 && transfers.up + transfers.back < kFloorBytes;
}

}  // namespace

ProductChoice choose_matrix_product(const he::MatrixShape& shape, const Setting& setting) {
  ProductChoice choice{.transfers = matrix_transfers_cost(shape.m, shape.k, shape.n), .lattice = {}};
  if (is_small(choice.transfers)) return choice;
  LatticePlan plan = plan_lattice_matrix(shape, setting);
  const he::Network& network = setting.network;
  if (network.nanoseconds(plan.cost) < network.nanoseconds(choice.transfers))
    choice.lattice = std::move(plan);
  return choice;
}

ProductChoice choose_convolution(const ring::ConvolutionView& view, const Setting& setting) {
  const he::MatrixShape shape{view.rows(), ConvolutionMatrices(view).inner(), view.columns()};
  ProductChoice choice{.transfers = matrix_transfers_cost(shape.m, shape.k, shape.n), .lattice = {}};
  if (is_small(choice.transfers)) return choice;
  const he::Cost matrices = choose_matrix_product(shape, setting).cost();
  auto plan = plan_lattice_convolution(view, setting);
  const he::Network& network = setting.network;
  if (plan && network.nanoseconds(plan->cost) < network.nanoseconds(matrices))
    choice.lattice = std::move(plan);
  return choice;
}

// Whole ciphertexts first; what is left is one ciphertext more, or transfers.
std::size_t choose_elementwise(std::size_t count, const he::Network& network) {
  const auto lattice_wins = [&](std::size_t numbers) {
    return numbers > 0 && network.nanoseconds(he::slot_products_cost(numbers)) <
                              network.nanoseconds(transfers_cost(numbers, 1));
  };
  const std::size_t whole = he::context().degree(), left = count % whole;
  if (!lattice_wins(std::min(count, whole))) return 0;
  return lattice_wins(left) ? count : count - left;
}

}  // namespace sotto::protocols::duo
