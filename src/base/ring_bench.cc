// Products of the shapes that training a small network meets, and elementwise loops; items are
// multiplications.
#include <benchmark/benchmark.h>

#include <numeric>
#include <string>
#include <vector>

#include "base/aligned.h"
#include "base/ring.h"
#include "base/threads.h"

namespace sotto::ring {
namespace {

AlignedVector<Element> numbers(std::size_t n) {
  AlignedVector<Element> values(n);
  for (std::size_t i = 0; i < n; ++i) values[i] = i * 0x9E3779B97F4A7C15;
  return values;
}

void matmul_bench(benchmark::State& state, const char* implementation, bool transpose_a, bool transpose_b) {
  use_implementation(implementation);
  set_threads(1);
  const auto m = static_cast<std::size_t>(state.range(0)), k = static_cast<std::size_t>(state.range(1)),
             n = static_cast<std::size_t>(state.range(2));
  const auto a = numbers(m * k), b = numbers(k * n);
  AlignedVector<Element> out(m * n);
  const auto view = [](const auto& data, std::size_t rows, std::size_t columns, bool transposed) {
    return transposed ? MatrixView{data.data(), 1, static_cast<std::ptrdiff_t>(rows)}
                      : MatrixView{data.data(), static_cast<std::ptrdiff_t>(columns), 1};
  };
  for (auto _ : state) {
    matmul(out.data(), view(a, m, k, transpose_a), view(b, k, n, transpose_b), m, k, n);
    benchmark::DoNotOptimize(out.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * m * k * n));
}

void multiply_bench(benchmark::State& state, const char* implementation) {
  use_implementation(implementation);
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto a = numbers(n), b = numbers(n);
  AlignedVector<Element> out(n);
  for (auto _ : state) {
    multiply(out, a, b);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * n));
}

const bool registered = [] {
  for (const char* implementation : available_implementations()) {
    const std::string suffix = std::string("/") + implementation;
    const auto add_shapes = [&](const char* layout, bool a, bool b,
                                std::vector<std::vector<std::int64_t>> shapes) {
      auto* bench =
          benchmark::RegisterBenchmark((layout + suffix).c_str(), matmul_bench, implementation, a, b);
      for (const auto& shape : shapes) bench->Args(shape);
    };
    add_shapes("matmul", false, false,
               {{128, 784, 128},
                {128, 128, 128},
                {128, 128, 10},
                {128, 10, 128},
                {1024, 1024, 1024},
                {1, 784, 128},
                {10, 784, 1024}});
    add_shapes("matmul_a_transposed", true, false, {{784, 128, 128}, {128, 128, 10}, {1024, 1024, 1024}});
    add_shapes("matmul_b_transposed", false, true, {{128, 128, 128}, {128, 10, 128}, {1, 784, 128}});
    benchmark::RegisterBenchmark(("multiply" + suffix).c_str(), multiply_bench, implementation)->Arg(4096);
  }
  return true;
}();

}  // namespace
}  // namespace sotto::ring
