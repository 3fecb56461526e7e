// The elementwise loops of ring arithmetic, compiled once per implementation under that implementation's
// target attribute (so this header is included inside one, and has internal linkage). The compiler vectorises
// them: arrays are equal or disjoint, which is what assume_safety promises.
//
// No include guard, on purpose. What it includes must have been included before a target attribute is pushed.
#include "base/ring_table.h"

// Sanitizers and unoptimised builds do not vectorise; that is no news.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wpass-failed"

namespace sotto::ring {
namespace {

using Word = std::uint64_t;

#define SOTTO_RING_LOOP _Pragma("clang loop vectorize(assume_safety)") for (std::size_t i = 0; i < n; ++i)

void add_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] + b[i];
}

void subtract_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] - b[i];
}

void multiply_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] * b[i];
}

void accumulate_product_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] += a[i] * b[i];
}

void exclusive_or_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] ^ b[i];
}

void bit_and_loop(Word* out, const Word* a, const Word* b, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] & b[i];
}

void negate_loop(Word* out, const Word* a, std::size_t n) { SOTTO_RING_LOOP out[i] = 0 - a[i]; }

void add_constant_loop(Word* out, const Word* a, Word constant, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] + constant;
}

void scale_loop(Word* out, const Word* a, Word constant, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] * constant;
}

void accumulate_scaled_loop(Word* out, const Word* a, Word constant, std::size_t n) {
  SOTTO_RING_LOOP out[i] += a[i] * constant;
}

void shift_right_loop(Word* out, const Word* a, int bits, std::size_t n) {
  SOTTO_RING_LOOP out[i] = a[i] >> bits;
}

// The carry of the dropped bits is added after the shift: adding 2^bits - 1 before it could wrap.
void shift_right_up_loop(Word* out, const Word* a, int bits, std::size_t n) {
  const Word dropped = (Word{1} << bits) - 1;
  SOTTO_RING_LOOP out[i] = (a[i] >> bits) + (((a[i] & dropped) + dropped) >> bits);
}

void shift_right_signed_loop(Word* out, const Word* a, int bits, std::size_t n) {
  SOTTO_RING_LOOP out[i] = static_cast<Word>(static_cast<std::int64_t>(a[i]) >> bits);
}

void mask_low_loop(Word* out, const Word* a, int bits, std::size_t n) {
  const Word mask = ~Word{0} >> (64 - bits);
  SOTTO_RING_LOOP out[i] = a[i] & mask;
}

void cross_product_loop(Word* out, const Word* a0, const Word* a1, const Word* b0, const Word* b1,
                        std::size_t n) {
  SOTTO_RING_LOOP out[i] = a0[i] * (b0[i] + b1[i]) + a1[i] * b0[i];
}

#undef SOTTO_RING_LOOP

// Eight rows at a time: reads run along b's columns, writes stay within few cache lines.
[[maybe_unused]] void pack_columns_loop(Word* panel, const Word* b, std::ptrdiff_t stride, std::size_t k,
                                        std::size_t columns) {
  for (std::size_t p0 = 0; p0 < k; p0 += 8) {
    const std::size_t p1 = k - p0 < 8 ? k : p0 + 8;
    for (std::size_t j = 0; j < columns; ++j)
      for (std::size_t p = p0; p < p1; ++p)
        panel[p * columns + j] = b[static_cast<std::ptrdiff_t>(j) * stride + static_cast<std::ptrdiff_t>(p)];
  }
}

// How an implementation multiplies matrices; see Table.
struct TileKernel {
  std::size_t rows, columns;
  decltype(Table::multiply_tile) multiply;
  decltype(Table::pack_columns) pack_columns;
};

constexpr Table table_of(const char* name, const TileKernel& kernel) {
  return {.name = name,
          .add = add_loop,
          .subtract = subtract_loop,
          .multiply = multiply_loop,
          .accumulate_product = accumulate_product_loop,
          .exclusive_or = exclusive_or_loop,
          .bit_and = bit_and_loop,
          .negate = negate_loop,
          .add_constant = add_constant_loop,
          .scale = scale_loop,
          .accumulate_scaled = accumulate_scaled_loop,
          .shift_right = shift_right_loop,
          .shift_right_up = shift_right_up_loop,
          .shift_right_signed = shift_right_signed_loop,
          .mask_low = mask_low_loop,
          .cross_product = cross_product_loop,
          .tile_rows = kernel.rows,
          .tile_columns = kernel.columns,
          .multiply_tile = kernel.multiply,
          .pack_columns = kernel.pack_columns};
}

}  // namespace
}  // namespace sotto::ring

#pragma clang diagnostic pop
