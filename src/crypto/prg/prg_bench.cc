// Speed of the PRG's backends by array size; bytes are pseudorandom bytes made.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "crypto/prg/aes_backend.h"
#include "crypto/prg/prg.h"

namespace sotto::prg {
namespace {

void backend_bench(benchmark::State& state, const Backend* backend, Combine combine) {
  const RoundKeys keys = expand_key(random_key());
  const std::uint8_t first[16] = {};
  std::vector<std::uint64_t> words(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    backend->generate(words.data(), words.size(), keys, first, combine);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(
      static_cast<std::int64_t>(state.iterations() * words.size() * sizeof(std::uint64_t)));
}

const bool registered = [] {
  for (const Backend* backend : available_backends()) {
    const std::string suffix = std::string("/") + backend->name;
    // One block, 8 KiB, 256 KiB (second-level cache), 32 MiB.
    benchmark::RegisterBenchmark(("prg_fill" + suffix).c_str(), backend_bench, backend, Combine::kStore)
        ->Arg(2)
        ->Arg(1 << 10)
        ->Arg(1 << 15)
        ->Arg(1 << 22);
    benchmark::RegisterBenchmark(("prg_add" + suffix).c_str(), backend_bench, backend, Combine::kAdd)
        ->Arg(1 << 15);
  }
  return true;
}();

}  // namespace
}  // namespace sotto::prg
