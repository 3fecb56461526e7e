// The arithmetic of extension by each backend; items are transfers.
#include <benchmark/benchmark.h>

#include <string>

#include "base/aligned.h"
#include "crypto/ot/backend.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/transpose.h"

namespace sotto::ot {
namespace {

// All trees of a chunk.
void fold_bench(benchmark::State& state, const Backend* backend) {
  const int bits = static_cast<int>(state.range(0));
  const std::size_t trees = 128 / static_cast<std::size_t>(bits);
  std::vector<Block> leaves(trees << bits);
  fill_random(leaves);
  std::vector<RoundKeys> keys(leaves.size());
  backend->expand_keys(keys.data(), leaves.data(), leaves.size());
  AlignedVector<std::uint64_t> planes(9 * kChunkWords);
  for (auto _ : state)
    for (std::size_t tree = 0; tree < trees; ++tree) {
      backend->fold(planes.data(), keys.data() + (tree << bits), bits, 0);
      benchmark::DoNotOptimize(planes.data());
    }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kChunkBits));
}

// A segment of the silent form.
void encode_bench(benchmark::State& state, const Backend* backend) {
  AlignedVector<Block> in(kSilent.dimension), out(std::size_t{1} << kSilent.segment_bits);
  const RoundKeys matrix = Session(random_block()).keys(Session::Purpose::kCode);
  std::uint64_t first = 0;
  for (auto _ : state) {
    backend->encode(out.data(), out.size(), in.data(), kSilent.dimension, first, matrix);
    first += out.size();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * out.size()));
}

void hash_bench(benchmark::State& state, const Backend* backend) {
  AlignedVector<Block> blocks(1024);
  const RoundKeys key = Session(random_block()).keys(Session::Purpose::kPads);
  for (auto _ : state) backend->hash(blocks.data(), blocks.data(), blocks.size(), Block{}, key);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * blocks.size()));
}

const bool registered = [] {
  for (const Backend* backend : available_backends()) {
    const std::string suffix = std::string("/") + backend->name;
    benchmark::RegisterBenchmark(("ot_fold" + suffix).c_str(), fold_bench, backend)
        ->Arg(1)
        ->Arg(2)
        ->Arg(4)
        ->Arg(8);
    benchmark::RegisterBenchmark(("ot_encode" + suffix).c_str(), encode_bench, backend);
    benchmark::RegisterBenchmark(("ot_hash" + suffix).c_str(), hash_bench, backend);
  }
  return true;
}();

void transpose_bench(benchmark::State& state, void (*function)(Block*, const std::uint64_t*)) {
  const AlignedVector<std::uint64_t> rows(128 * kChunkWords);
  AlignedVector<Block> out(kChunkBits);
  for (auto _ : state) {
    function(out.data(), rows.data());
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kChunkBits));
}
BENCHMARK_CAPTURE(transpose_bench, here, transpose);
BENCHMARK_CAPTURE(transpose_bench, portable, transpose_portable);

}  // namespace
}  // namespace sotto::ot
