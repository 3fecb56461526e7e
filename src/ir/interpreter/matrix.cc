#include "ir/interpreter/matrix.h"

#include <algorithm>
#include <cstring>

namespace sotto::ir {

// Without it a machine with fused multiply-add would round differently.
#pragma STDC FP_CONTRACT OFF

namespace {

constexpr std::int64_t kRows = 8;      // of a tile kept in registers
constexpr std::int64_t kColumns = 16;  // of a tile and of a panel
constexpr std::int64_t kDepth = 384;   // of a piece: 24 KiB of floats

// A row of a tile: kept in registers only if it is a vector to the compiler, too.
template <typename T>
using Lanes __attribute__((vector_size(kColumns * sizeof(T)))) = T;

// By reference: how vectors are returned depends on the instruction set.
template <typename T>
[[gnu::always_inline]] inline void load(Lanes<T>& lanes, const T* from, std::int64_t columns) {
  if (columns == kColumns) {
    std::memcpy(&lanes, from, sizeof lanes);
  } else {
    lanes = Lanes<T>{};
    std::memcpy(&lanes, from, static_cast<std::size_t>(columns) * sizeof(T));
  }
}

// c[rows, columns] (+)= a[rows, depth] * piece[depth, 16], terms in order of depth.
template <typename T, std::int64_t rows>
[[gnu::always_inline]] inline void multiply_tile(const T* a, std::int64_t a_step, const T* piece,
                                                 std::int64_t depth, T* c, std::int64_t c_step,
                                                 std::int64_t columns, bool first) {
  Lanes<T> sum[rows] = {}, right;
#pragma clang loop unroll(full)
  for (std::int64_t i = 0; i < rows; ++i)
    if (!first) load(sum[i], c + i * c_step, columns);
  for (std::int64_t k = 0; k < depth; ++k) {
    load(right, piece + k * kColumns, kColumns);
#pragma clang loop unroll(full)
    for (std::int64_t i = 0; i < rows; ++i) sum[i] += a[i * a_step + k] * right;
  }
#pragma clang loop unroll(full)
  for (std::int64_t i = 0; i < rows; ++i) {
    const Lanes<T> lanes = sum[i];
    columns == kColumns ? std::memcpy(c + i * c_step, &lanes, sizeof lanes)
                        : std::memcpy(c + i * c_step, &lanes, static_cast<std::size_t>(columns) * sizeof(T));
  }
}

template <typename T>
[[gnu::always_inline]] inline void multiply_panels(const T* a, std::int64_t rows, const T* packed,
                                                   std::int64_t depth, std::int64_t columns, T* c,
                                                   std::int64_t c_step) {
  for (std::int64_t k = 0; k < depth; k += kDepth) {
    const std::int64_t deep = std::min(kDepth, depth - k);
    for (std::int64_t j = 0; j < columns; j += kColumns, packed += deep * kColumns) {
      const std::int64_t width = std::min(kColumns, columns - j);
      std::int64_t i = 0;
      for (; i + kRows <= rows; i += kRows)
        multiply_tile<T, kRows>(a + i * depth + k, depth, packed, deep, c + i * c_step + j, c_step, width,
                                k == 0);
      for (; i < rows; ++i)
        multiply_tile<T, 1>(a + i * depth + k, depth, packed, deep, c + i * c_step + j, c_step, width,
                            k == 0);
    }
  }
}

// One function per type, each compiled for several instruction sets and chosen at run time.
#define SOTTO_MULTIPLY(T)                                                                             \
  __attribute__((target_clones("avx512f", "avx2", "default"))) void run(                              \
      const T* a, std::int64_t rows, const T* packed, std::int64_t depth, std::int64_t columns, T* c, \
      std::int64_t c_step) {                                                                          \
    multiply_panels(a, rows, packed, depth, columns, c, c_step);                                      \
  }
SOTTO_MULTIPLY(float)
SOTTO_MULTIPLY(double)
SOTTO_MULTIPLY(std::uint64_t)
#undef SOTTO_MULTIPLY

}  // namespace

template <typename T>
Panels<T>::Panels(const T* b, std::int64_t depth, std::int64_t columns, std::int64_t step)
    : depth_(depth), columns_(columns) {
  packed_.resize(static_cast<std::size_t>(depth * ((columns + kColumns - 1) / kColumns) * kColumns));
  T* to = packed_.data();
  for (std::int64_t k = 0; k < depth; k += kDepth)
    for (std::int64_t j = 0; j < columns; j += kColumns)
      for (std::int64_t row = k; row < std::min(depth, k + kDepth); ++row, to += kColumns)
        std::copy_n(b + row * step + j, std::min(kColumns, columns - j), to);
}

template <typename T>
void multiply(const T* a, std::int64_t rows, const Panels<T>& b, T* c, std::int64_t step) {
  // An empty sum is zero.
  if (b.depth() == 0)
    for (std::int64_t i = 0; i < rows; ++i) std::fill_n(c + i * step, b.columns(), T(0));
  run(a, rows, b.data(), b.depth(), b.columns(), c, step);
}

template class Panels<float>;
template class Panels<double>;
template class Panels<std::uint64_t>;
template void multiply(const float*, std::int64_t, const Panels<float>&, float*, std::int64_t);
template void multiply(const double*, std::int64_t, const Panels<double>&, double*, std::int64_t);
template void multiply(const std::uint64_t*, std::int64_t, const Panels<std::uint64_t>&, std::uint64_t*,
                       std::int64_t);

}  // namespace sotto::ir
