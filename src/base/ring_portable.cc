// Ring arithmetic for any processor.
#include <cstddef>
#include <cstdint>

#include "base/ring_loops.h"

namespace sotto::ring {
namespace {

constexpr std::size_t kRows = 4;
constexpr std::size_t kColumns = 8;

void multiply_tile(const Tile& tile) {
  Word sums[kRows][kColumns] = {};
  for (std::size_t p = 0; p < tile.k; ++p) {
    const Word* b = tile.b + static_cast<std::ptrdiff_t>(p) * tile.b_stride;
    for (std::size_t i = 0; i < tile.rows; ++i) {
      const Word a = tile.a[static_cast<std::ptrdiff_t>(i) * tile.a_row_stride +
                            static_cast<std::ptrdiff_t>(p) * tile.a_column_stride];
      for (std::size_t j = 0; j < tile.columns; ++j) sums[i][j] += a * b[j];
    }
  }
  for (std::size_t i = 0; i < tile.rows; ++i) {
    Word* out = tile.out + static_cast<std::ptrdiff_t>(i) * tile.out_stride;
    for (std::size_t j = 0; j < tile.columns; ++j) out[j] = sums[i][j] + (tile.accumulate ? out[j] : 0);
  }
}

}  // namespace

const Table kPortableTable = table_of("portable", {kRows, kColumns, multiply_tile, pack_columns_loop});

}  // namespace sotto::ring
