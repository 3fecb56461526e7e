// The device table of ring arithmetic: one row of function pointers per kind of processor.
//
// Private to base: everybody else calls ring.h. A further device is another row in `ring.cc`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sotto::ring {

// One tile of a product, out[rows x columns] (+)= a[rows x k] * b[k x columns].
struct Tile {
  std::uint64_t* out;
  std::ptrdiff_t out_stride;  // between rows of out
  const std::uint64_t* a;
  std::ptrdiff_t a_row_stride, a_column_stride;
  const std::uint64_t* b;  // rows of contiguous elements
  std::ptrdiff_t b_stride;
  std::size_t rows, k, columns;
  bool accumulate;
};

struct Table {
  using Word = std::uint64_t;
  using Unary = void (*)(Word*, const Word*, std::size_t);
  using Binary = void (*)(Word*, const Word*, const Word*, std::size_t);
  using WithConstant = void (*)(Word*, const Word*, Word, std::size_t);
  using WithCount = void (*)(Word*, const Word*, int, std::size_t);

  const char* name;
  Binary add, subtract, multiply, accumulate_product, exclusive_or, bit_and;
  Unary negate;
  WithConstant add_constant, scale, accumulate_scaled;
  WithCount shift_right, shift_right_up, shift_right_signed, mask_low;
  void (*cross_product)(Word*, const Word*, const Word*, const Word*, const Word*, std::size_t);

  // The largest tile the register file holds; `multiply_tile` takes any 1..tile_rows, 1..tile_columns, any k.
  std::size_t tile_rows, tile_columns;
  void (*multiply_tile)(const Tile&);
  // Packs a block of b whose columns are contiguous: panel[p * columns + j] = b[j * stride + p] for p < k, j
  // < columns.
  void (*pack_columns)(Word* panel, const Word* b, std::ptrdiff_t stride, std::size_t k, std::size_t columns);
};

extern const Table kPortableTable;
#if defined(__x86_64__)
extern const Table kAvx2Table;
extern const Table kAvx512Table;
#endif

// The row in use.
const Table& table();

}  // namespace sotto::ring
