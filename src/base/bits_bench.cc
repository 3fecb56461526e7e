// Bit planes and packing per value, for every implementation of this processor.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "base/bits.h"
#include "base/bits_table.h"

namespace sotto::bits {
namespace {

constexpr std::size_t kValues = 100000;

template <class Body>
void per_value(benchmark::State& state, Body body) {
  for (auto _ : state) {
    body();
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kValues));
}

struct Arrays {
  std::vector<std::uint64_t> values = std::vector<std::uint64_t>(kValues, 0x123456789ABCDEF);
  std::vector<Word> planes = std::vector<Word>(words_for(kValues) * 64);
  std::vector<std::byte> packed = std::vector<std::byte>(kValues * 8);
};

void pack_bench(benchmark::State& state, const Table* table) {
  Arrays a;
  const int width = static_cast<int>(state.range(0));
  per_value(state, [&] { table->pack(a.packed.data(), a.values.data(), kValues, width); });
}

void unpack_bench(benchmark::State& state, const Table* table) {
  Arrays a;
  const int width = static_cast<int>(state.range(0));
  per_value(state, [&] { table->unpack(a.values.data(), a.packed.data(), kValues, width); });
}

void planes_bench(benchmark::State& state, const Table* table) {
  Arrays a;
  const int count = static_cast<int>(state.range(0));
  per_value(state, [&] { table->to_planes(a.planes.data(), a.values.data(), kValues, 0, count); });
}

void expand_mask_bench(benchmark::State& state, const Table* table) {
  Arrays a;
  per_value(state, [&] { table->expand_mask(a.values.data(), a.planes.data(), kValues); });
}

void collect_bench(benchmark::State& state, const Table* table) {
  Arrays a;
  per_value(state, [&] { table->collect(a.planes.data(), a.values.data(), kValues); });
}

const bool registered = [] {
  for (const Table* table : available_tables()) {
    const std::string suffix = std::string("/") + table->name;
    const auto add = [&](const char* name, auto* bench) {
      return benchmark::RegisterBenchmark((name + suffix).c_str(), bench, table);
    };
    add("pack", pack_bench)->Arg(4)->Arg(18)->Arg(24)->Arg(46)->Arg(60);
    add("unpack", unpack_bench)->Arg(4)->Arg(18)->Arg(24)->Arg(46)->Arg(60);
    add("to_planes", planes_bench)->Arg(1)->Arg(20)->Arg(64);
    add("expand_mask", expand_mask_bench);
    add("collect", collect_bench);
  }
  return true;
}();

}  // namespace
}  // namespace sotto::bits
