// The transform and the product with accumulation at the sizes in use, by every implementation; items are
// polynomials modulo one prime.
#include <benchmark/benchmark.h>

#include <string>

#include "crypto/lattice/ntt.h"

namespace sotto::lattice {
namespace {

AlignedVector<Word> words_below(Word p, std::size_t n) {
  AlignedVector<Word> words(n);
  for (std::uint64_t i = 0; auto& word : words) word = (i++ * 0x9E3779B97F4A7C15) % p;
  return words;
}

void transform_bench(benchmark::State& state, const Table* table, bool forward) {
  const auto degree = static_cast<std::size_t>(state.range(0));
  const Ntt ntt(transform_primes(50, degree, 1)[0], degree, 0, *table);
  auto x = words_below(ntt.modulus().value, degree);
  for (auto _ : state) {
    forward ? ntt.forward(x) : ntt.backward(x);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()));
}

// Four terms that fit the second-level cache with a degree of 4096; an item is a term.
void dot_bench(benchmark::State& state, const Table* table) {
  constexpr std::size_t kTerms = 4;
  const auto degree = static_cast<std::size_t>(state.range(0));
  const Modulus modulus(transform_primes(50, degree, 1)[0]);
  AlignedVector<Word> values[3 * kTerms], out[2];
  const Word *a0[kTerms], *a1[kTerms], *b[kTerms];
  for (auto& words : values) words = words_below(modulus.value, degree);
  for (auto& words : out) words.resize(degree);
  for (std::size_t i = 0; i < kTerms; ++i) {
    a0[i] = values[3 * i].data();
    a1[i] = values[3 * i + 1].data();
    b[i] = values[3 * i + 2].data();
  }
  for (auto _ : state) {
    table->dot(out[0].data(), out[1].data(), a0, a1, b, kTerms, 0, degree, modulus);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kTerms));
}

const bool registered = [] {
  for (const Table* table : available_tables()) {
    const std::string suffix = std::string("/") + table->name;
    const auto both = [](auto* bench) { bench->Arg(4096)->Arg(8192)->Unit(benchmark::kMicrosecond); };
    both(benchmark::RegisterBenchmark(("ntt_forward" + suffix).c_str(), transform_bench, table, true));
    both(benchmark::RegisterBenchmark(("ntt_backward" + suffix).c_str(), transform_bench, table, false));
    both(benchmark::RegisterBenchmark(("dot" + suffix).c_str(), dot_bench, table));
  }
  return true;
}();

}  // namespace
}  // namespace sotto::lattice
