// Moves and sums at the shapes of a pooled layer, by the one party of `plain`; items are elements of the
// result.
#include <benchmark/benchmark.h>

#include "base/bits.h"
#include "kernels/kernel.h"

namespace sotto::kernels {
namespace {

using protocols::Kind;
using List = std::vector<std::int64_t>;

// A concatenation joins two of the same.
void move_bench(benchmark::State& state, const char* name, Kind kind, Shape from, Shape to,
                Attributes attributes) {
  const protocols::Table& table = protocols::table_named("plain");
  net::Rounds rounds(0, {nullptr});
  protocols::Context context(table, rounds, nullptr, 0, 0);
  const auto type = [&](const Shape& shape) {
    return ValueType{.kind = kind, .shape = shape, .fraction_bits = 18, .bound_bits = 4};
  };
  Call call{
      .operands = {}, .operand_types = {type(from)}, .result_types = {type(to)}, .attributes = attributes};
  const Kernel& kernel = kernel_named(name);
  if (call.attributes.contains("axis")) call.operand_types.push_back(type(from));
  kernel.check(call);
  const auto elements = static_cast<std::size_t>(element_count(from));
  protocols::Words words =
      protocols::Words::allocate(kind == Kind::kBoolean ? bits::words_for(elements) : elements);
  for (std::uint64_t i = 0; auto& word : words.mutable_span()) word = i++ * 0x9E3779B97F4A7C15;
  call.operands.assign(call.operand_types.size(), protocols::constant(context, words, kind, from));
  for (auto _ : state) {
    const auto results = rounds.run(kernel.run(context, call));
    benchmark::DoNotOptimize(results[0].parts[0].span().data());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          std::max(element_count(from), element_count(to)));
}

const bool registered = [] {
  const Shape image{128, 24, 24, 20}, pooled{128, 12, 12, 20}, corners{128, 12, 2, 12, 2, 20};
  for (const Kind kind : {Kind::kArithmetic, Kind::kBoolean}) {
    const auto add = [&](const char* name, const Shape& from, const Shape& to, const Attributes& attributes) {
      const std::string label = std::string(name) + (kind == Kind::kBoolean ? "/bits" : "/numbers");
      benchmark::RegisterBenchmark(label.c_str(), move_bench, name, kind, from, to, attributes);
    };
    add("slice", image, pooled,
        {{"start", List{0, 1, 1, 0}}, {"limit", List{128, 24, 24, 20}}, {"stride", List{1, 2, 2, 1}}});
    add("pad", pooled, image,
        {{"low", List{0, 1, 1, 0}}, {"high", List{0, 0, 0, 0}}, {"interior", List{0, 1, 1, 0}}});
    add("reverse", image, image, {{"axes", List{1, 2}}});
    add("transpose", image, {24, 24, 20, 128}, {{"permutation", List{1, 2, 3, 0}}});
    if (kind == Kind::kArithmetic) add("sum", image, {20}, {{"axes", List{0, 1, 2}}});
    add("concatenate", {128, 12, 24, 20}, image, {{"axis", std::int64_t{1}}});
    add("broadcast", pooled, corners, {{"dimensions", List{0, 1, 3, 5}}});
  }
  return true;
}();

}  // namespace
}  // namespace sotto::kernels
