#include "protocols/duo/contract.h"

#include <optional>

#include "base/bits.h"
#include "protocols/duo/boundary.h"
#include "protocols/duo/convolution_matrices.h"
#include "protocols/duo/product_choice.h"
#include "protocols/duo/selection.h"
#include "protocols/duo/signs.h"
#include "protocols/duo/slices.h"
#include "protocols/duo/truncation.h"
#include "protocols/duo/word_products.h"
#include "protocols/local_contraction.h"
#include "protocols/probes.h"

namespace sotto::protocols::duo {
namespace {

using Product = Contraction::Product;

std::size_t extent(const Share& share, std::size_t axis) {
  return static_cast<std::size_t>(share.shape[axis]);
}

Setting setting_of(const Contraction& c) {
  return {.bits = {.left = c.a.known_bits, .right = c.b.known_bits},
          .network = {.bits_per_second = static_cast<std::uint64_t>(c.link.megabit_per_second) * 1'000'000,
                      .round_nanoseconds = static_cast<std::uint64_t>(c.link.one_way_microseconds) * 1000}};
}

Task<Words> convolution_cross_terms(Context& context, CrossTerms terms, const Contraction& c) {
  const ring::ConvolutionView view = ring::view_of(c.convolution, c.a.shape, c.b.shape);
  if (ProductChoice choice = choose_convolution(view, setting_of(c)); choice.lattice)
    co_return co_await lattice_cross_terms(context, std::move(*choice.lattice), terms, part_of(context, c.a),
                                           part_of(context, c.b));
  const ConvolutionMatrices matrices(view);
  const std::size_t rows = matrices.view.rows(), inner = matrices.inner(), columns = matrices.view.columns();
  Words patches = context.words(rows * inner), factors = context.words(inner * columns);
  context.local([&] {
    matrices.gather_patches(patches.mutable_span(), c.a.parts[0].materialised().span());
    matrices.gather_factors(factors.mutable_span(), c.b.parts[0].materialised().span());
  });
  const Words product = co_await matrix_cross_terms(context, terms, std::move(patches), std::move(factors),
                                                    {.m = rows, .k = inner, .n = columns}, setting_of(c));
  Words result = context.words(product.size());
  context.local([&] { matrices.scatter(result.mutable_span(), product.span()); });
  co_return result;
}

// This party's share of the cross terms of c's product, as many as there are.
Task<Words> crossed(Context& context, const Contraction& c) {
  const CrossTerms terms = cross_terms_of(c.a, c.b);
  if (c.product == Product::kConvolution) co_return co_await convolution_cross_terms(context, terms, c);
  if (c.product == Product::kElementwise)
    co_return co_await elementwise_cross_terms(context, terms, part_of(context, c.a), part_of(context, c.b),
                                               setting_of(c).network);
  const he::MatrixShape shape{.m = extent(c.a, c.transpose_a ? 1 : 0),
                              .k = extent(c.a, c.transpose_a ? 0 : 1),
                              .n = extent(c.b, c.transpose_b ? 0 : 1),
                              .x_transposed = c.transpose_a,
                              .y_transposed = c.transpose_b};
  co_return co_await matrix_cross_terms(context, terms, c.a.parts[0], c.b.parts[0], shape, setting_of(c));
}

// This party's share of v, before truncation.
Task<Words> sum_of(Context& context, const Contraction& c, std::size_t count) {
  const bool crosses = c.product != Product::kNone && !cross_terms_of(c.a, c.b).none();
  Words terms;
  if (crosses) terms = co_await crossed(context, c);
  Words sum = context.words(count);
  context.local([&] {
    const auto out = sum.mutable_span();
    multiply_locally(out, c);
    if (crosses) ring::accumulate_scaled(out, terms.span(), c.product_scale);
    add_locally(out, c);
  });
  co_return sum;
}

// A slice of v, to its share of the result, and of the sign's bits where there is a ReLU.
struct Settled {
  Words value, bits;
};

Task<Settled> settle(Context& context, const Contraction& c, Words part, Words selector) {
  const Site site = context.begin();
  const std::size_t count = part.size();
  Supply supply(context);
  Truncation truncation(supply, site, count, c.truncate_bits);
  std::optional<Signs> comparison;
  std::optional<Selection> selection;
  if (c.then == Then::kRelu) comparison.emplace(supply, site, count, c.window, c.effort);
  const bool narrow = c.then == Then::kRelu && Signs::is_chain(count, c.window, c.effort);
  if (c.then != Then::kNothing) selection.emplace(supply, count, narrow ? c.window : 64);
  co_await supply.make();
  truncation.prepare(std::move(part));
  std::vector<Task<Words>> tasks;
  tasks.push_back(truncation.run());
  if (comparison) tasks.push_back(comparison->run(truncation.half()));
  std::vector<Words> made = co_await when_all(std::move(tasks));
  Settled settled{made[0], comparison ? made[1] : selector};
  if (selection) settled.value = co_await selection->run(settled.bits, settled.value);
  co_return settled;
}

Share probes_of(const Context& context, const Contraction& c, const Words& sum, const Site& site) {
  Words probes = context.words(c.probe_groups * kProbes);
  context.local([&] {
    const auto sums = probes.mutable_span();
    std::ranges::fill(sums, 0);
    Projection(sum.size(), c.probe_groups).add(sums, sum.span(), 0, site);
  });
  return share_of(Kind::kArithmetic, {static_cast<std::int64_t>(c.probe_groups), kProbes}, std::move(probes));
}

}  // namespace

Task<Shares> contract(Context& context, Contraction c) {
  SOTTO_ASSERT(c.truncate_bits >= 0 && c.truncate_bits < 62, "a truncation drops 0 to 61 bits");
  SOTTO_ASSERT(c.then != Then::kRelu || c.window <= 64 - c.truncate_bits,
               "a window fits beside the truncated bits");
  const auto count = static_cast<std::size_t>(element_count(c.shape));
  const Site site = context.begin();
  const Words sum = co_await sum_of(context, c, count);
  const bool relu = c.then == Then::kRelu;
  Words value = sum, bits = relu ? context.words(bits::words_for(count)) : Words();
  if (c.truncate_bits > 0 || c.then != Then::kNothing) {
    value = context.words(count);
    const Words selector = c.then == Then::kSelect ? part_of(context, c.selector) : Words();
    const std::size_t most = relu ? Signs::slice_of(c.effort) : kLongSlice;
    for (const Slice& slice : slices_of(count, most)) {
      Words chosen = c.then == Then::kSelect ? slice.of_plane(selector) : Words();
      const Settled settled = co_await settle(context, c, slice.of(sum), std::move(chosen));
      context.local([&] {
        store(value, slice.begin, settled.value);
        if (relu) store(bits, slice.begin / 64, settled.bits);
      });
    }
  }
  Shares results;
  results.push_back(share_of(Kind::kArithmetic, c.shape, std::move(value)));
  if (relu) results.push_back(share_of(Kind::kBoolean, c.shape, std::move(bits)));
  if (c.probe_groups > 0) results.push_back(probes_of(context, c, sum, site));
  co_return results;
}

Task<Words> truncate(Context& context, Words value, int bits) {
  Contraction c;
  c.shape = {static_cast<std::int64_t>(value.size())};
  c.addends.push_back({.share = share_of(Kind::kArithmetic, c.shape, std::move(value))});
  c.truncate_bits = bits;
  const Shares results = co_await contract(context, std::move(c));
  co_return results[0].parts[0];
}

Task<Words> multiply(Context& context, Words a, Words b) {
  Contraction c;
  c.product = Product::kElementwise;
  c.shape = {static_cast<std::int64_t>(a.size())};
  c.a = share_of(Kind::kArithmetic, c.shape, std::move(a));
  c.b = share_of(Kind::kArithmetic, c.shape, std::move(b));
  const Shares results = co_await contract(context, std::move(c));
  co_return results[0].parts[0];
}

}  // namespace sotto::protocols::duo
