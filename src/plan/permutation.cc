#include "plan/permutation.h"

#include <limits>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "plan/splitmix.h"

namespace sotto::plan {

std::vector<std::uint32_t> row_order(std::uint64_t rows, std::uint64_t seed, std::uint64_t epoch) {
  SOTTO_ASSERT(rows <= std::numeric_limits<std::uint32_t>::max(), "rows are numbered with 32 bits");
  std::vector<std::uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0u);
  if (seed == 0) return order;
  SplitMix random((seed << 32) + epoch);
  random.next();
  for (std::uint64_t i = rows; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

std::vector<std::uint32_t> batch_rows(std::span<const std::uint32_t> order, std::uint64_t index,
                                      std::uint64_t batch) {
  SOTTO_ASSERT(!order.empty(), "a batch needs rows");
  std::vector<std::uint32_t> rows(batch);
  std::uint64_t position = (index % order.size()) * (batch % order.size()) % order.size();
  for (auto& row : rows) {
    row = order[position];
    if (++position == order.size()) position = 0;
  }
  return rows;
}

}  // namespace sotto::plan
