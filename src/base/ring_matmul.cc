// Matrix products: cut into cache blocks, columns of b packed into panels, tiles by the device table.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/aligned.h"
#include "base/ring.h"
#include "base/ring_table.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

// A panel of b (kDepth x tile columns) should stay in the cache closest to the core.
constexpr std::size_t kDepth = 256;
// With so few tiles of rows to use it, packing a panel whose rows are contiguous already would cost more than
// it saves.
constexpr std::size_t kUnpackedTiles = 2;
// Below this many multiplications a product is not worth a second thread.
constexpr std::size_t kParallelWork = std::size_t{1} << 22;

struct Problem {
  Element* out;
  std::ptrdiff_t out_stride;
  MatrixView a, b;
  std::size_t m, k, n;
  bool accumulate;
};

const Element* at(const MatrixView& matrix, std::size_t i, std::size_t j) {
  return matrix.data + static_cast<std::ptrdiff_t>(i) * matrix.row_stride +
         static_cast<std::ptrdiff_t>(j) * matrix.column_stride;
}

// Copies a k x columns block of b into contiguous rows of `columns` elements.
void pack(Element* panel, const MatrixView& b, std::size_t k, std::size_t columns) {
  if (b.row_stride == 1) return table().pack_columns(panel, b.data, b.column_stride, k, columns);
  for (std::size_t p = 0; p < k; ++p) {
    const Element* row = at(b, p, 0);
    if (b.column_stride == 1) {
      std::copy_n(row, columns, panel + p * columns);
    } else {
      for (std::size_t j = 0; j < columns; ++j)
        panel[p * columns + j] = row[static_cast<std::ptrdiff_t>(j) * b.column_stride];
    }
  }
}

void multiply_panel(const Problem& problem, const Element* panel, std::ptrdiff_t panel_stride, std::size_t j,
                    std::size_t columns, std::size_t p, std::size_t depth) {
  const Table& device = table();
  // Ten rows are better cut into 5 + 5 than into 8 + 2.
  const std::size_t tiles = (problem.m + device.tile_rows - 1) / device.tile_rows;
  const std::size_t rows = (problem.m + tiles - 1) / tiles;
  for (std::size_t i = 0; i < problem.m; i += rows) {
    device.multiply_tile({.out = problem.out + static_cast<std::ptrdiff_t>(i) * problem.out_stride + j,
                          .out_stride = problem.out_stride,
                          .a = at(problem.a, i, p),
                          .a_row_stride = problem.a.row_stride,
                          .a_column_stride = problem.a.column_stride,
                          .b = panel,
                          .b_stride = panel_stride,
                          .rows = std::min(rows, problem.m - i),
                          .k = depth,
                          .columns = columns,
                          .accumulate = problem.accumulate || p > 0});
  }
}

void multiply_serial(const Problem& problem) {
  thread_local AlignedVector<Element> panel;
  const std::size_t width = table().tile_columns;
  panel.resize(kDepth * width);
  for (std::size_t p = 0; p < problem.k; p += kDepth) {
    const std::size_t depth = std::min(kDepth, problem.k - p);
    for (std::size_t j = 0; j < problem.n; j += width) {
      const std::size_t columns = std::min(width, problem.n - j);
      const MatrixView part{at(problem.b, p, j), problem.b.row_stride, problem.b.column_stride};
      if (part.column_stride == 1 && problem.m <= kUnpackedTiles * table().tile_rows) {
        multiply_panel(problem, part.data, part.row_stride, j, columns, p, depth);
      } else {
        pack(panel.data(), part, depth, columns);
        multiply_panel(problem, panel.data(), static_cast<std::ptrdiff_t>(columns), j, columns, p, depth);
      }
    }
  }
}

// Rows or columns are shared out, whichever are more.
void multiply_parallel(const Problem& problem) {
  const bool by_rows = problem.m >= problem.n;
  const std::size_t unit = by_rows ? table().tile_rows : table().tile_columns;
  const std::size_t units = ((by_rows ? problem.m : problem.n) + unit - 1) / unit;
  const std::size_t grain =
      (units + static_cast<std::size_t>(threads()) - 1) / static_cast<std::size_t>(threads());
  parallel_for(units, grain, [&](std::size_t begin, std::size_t end) {
    Problem part = problem;
    if (by_rows) {
      part.a.data = at(problem.a, begin * unit, 0);
      part.out += static_cast<std::ptrdiff_t>(begin * unit) * problem.out_stride;
      part.m = std::min(end * unit, problem.m) - begin * unit;
    } else {
      part.b.data = at(problem.b, 0, begin * unit);
      part.out += begin * unit;
      part.n = std::min(end * unit, problem.n) - begin * unit;
    }
    multiply_serial(part);
  });
}

}  // namespace

void matmul(Element* out, MatrixView a, MatrixView b, std::size_t m, std::size_t k, std::size_t n,
            bool accumulate) {
  if (m == 0 || n == 0) return;
  if (k == 0) {
    if (!accumulate) std::fill_n(out, m * n, Element{0});
    return;
  }
  const Problem problem{out, static_cast<std::ptrdiff_t>(n), a, b, m, k, n, accumulate};
  if (threads() > 1 && m * n * k >= kParallelWork) {
    multiply_parallel(problem);
  } else {
    multiply_serial(problem);
  }
}

}  // namespace sotto::ring
