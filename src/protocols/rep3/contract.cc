#include "protocols/rep3/contract.h"

#include <fmt/format.h>

#include "base/bits.h"
#include "protocols/probes.h"
#include "protocols/rep3/chunkwise.h"
#include "protocols/rep3/comparison.h"
#include "protocols/rep3/halves.h"
#include "protocols/rep3/planes.h"
#include "protocols/rep3/selection.h"

namespace sotto::protocols::rep3 {

namespace {

// Everything the chunks of one contraction write to or read from in common.
struct Work {
  Context& context;
  const Contraction& contraction;
  Site site;
  LocalProduct product;
  Output value;
  Output bits;       // words of packed bits
  Words bit_shares;  // the pair's, per element
  bool use_cache = false;
  Words probes = {};  // this party's summand of every probe
  std::optional<Projection> projection = {};
};

// A where the pair knows it: its own summand plus the partner's.
Words pair_half(const Work& work, const Roles& roles, const Words& mine, const Words& theirs) {
  if (!roles.in_pair() || !work.product.is_product()) return roles.in_pair() ? mine : Words();
  work.context.local([&] { ring::add(mine.mutable_span(), mine.span(), theirs.span()); });
  return mine;
}

// The bit's components: c, opened by the pair from shares of v >= 0 under the mask r; r's parts from the two
// keys.
struct OpenedBit {
  Words first, second;  // components of r, where known
  Words c;              // pair
  Words r;              // single
};

OpenedBit draw_bit(Dealing& dealing, std::size_t count) {
  const std::size_t words = bits::words_for(count);
  OpenedBit bit{dealing.first_random(words, kBitFirst), dealing.second_random(words, kBitSecond), {}, {}};
  dealing.context().local([&] {
    if (!dealing.roles().is_second()) clear_tail(bit.first.mutable_span(), count);
    if (!dealing.roles().is_first()) clear_tail(bit.second.mutable_span(), count);
  });
  if (!dealing.roles().is_single()) return bit;
  bit.r = dealing.context().words(words);
  dealing.context().local(
      [&] { ring::exclusive_or(bit.r.mutable_span(), bit.first.span(), bit.second.span()); });
  return bit;
}

Task<void> open_bit(Dealing& dealing, Words share, OpenedBit& bit, std::size_t count) {
  Context& context = dealing.context();
  const Roles& roles = dealing.roles();
  if (roles.in_pair())
    context.local([&] {
      const Words& mask = roles.is_first() ? bit.first : bit.second;
      ring::exclusive_or(share.mutable_span(), share.span(), mask.span());
      clear_tail(share.mutable_span(), count);
    });
  const Words theirs = exchange(context, roles, share, bits::bytes_for(count));
  co_await context.next_round();
  if (roles.is_single()) co_return;
  bit.c = share;
  context.local([&] {
    clear_tail(theirs.mutable_span(), count);
    ring::exclusive_or(bit.c.mutable_span(), bit.c.span(), theirs.span());
  });
}

void store_bit(const Context& context, const Roles& roles, const OpenedBit& bit, const Chunk& chunk,
               const Output& output) {
  const Chunk words{chunk.begin / 64, chunk.begin / 64 + bits::words_for(chunk.size()), chunk.single,
                    chunk.index};
  context.local([&] {
    if (roles.in_pair()) std::ranges::copy(bit.c.span(), output.at(roles.pair_part(), words).begin());
    if (!roles.is_second()) std::ranges::copy(bit.first.span(), output.at(roles.first_part(), words).begin());
    if (!roles.is_first())
      std::ranges::copy(bit.second.span(), output.at(roles.second_part(), words).begin());
  });
}

Selection selection_of(const Work& work, const Chunk& chunk, Dealing& dealing) {
  const int bits = work.contraction.truncate_bits;
  const bool components = bits == 0 && !work.product.is_product();
  return {dealing, chunk.size(), bits, components,
          components ? work.product.component(work.context, chunk) : Words()};
}

Task<void> relu_chunk(Work& work, const Chunk& chunk, Dealing& dealing, Words mine, Words theirs) {
  Context& context = work.context;
  const Roles& roles = dealing.roles();
  const int bits = work.contraction.truncate_bits;
  Comparison comparison(dealing, chunk.size(), work.contraction.window, work.contraction.effort);
  Selection selection = selection_of(work, chunk, dealing);
  OpenedBit bit = draw_bit(dealing, chunk.size());
  const Words b = roles.is_single() ? mine : Words();
  comparison.deal(roles.is_single() ? truncate_single_half(context, b, bits).high : Words());
  selection.deal(b, bit.r, false, {});
  co_await context.next_round();
  TruncatedHalves halves;
  if (roles.in_pair()) halves = truncate_pair_half(context, pair_half(work, roles, mine, theirs), bits);
  Words share = co_await comparison.evaluate(halves.high);
  co_await open_bit(dealing, std::move(share), bit, chunk.size());
  store_bit(context, roles, bit, chunk, work.bits);
  if (roles.in_pair())
    context.local([&] {
      std::ranges::copy(selection.bit_share().span(), work.bit_shares.mutable_span().begin() + chunk.begin);
    });
  co_await selection.finish(std::move(halves), bit.c, chunk, work.value);
}

Task<void> select_chunk(Work& work, const Chunk& chunk, Dealing& dealing, Words mine, Words theirs) {
  Context& context = work.context;
  const Roles& roles = dealing.roles();
  const Share& selector = work.contraction.selector;
  const std::size_t words = bits::words_for(chunk.size());
  auto plane = [&](int part) { return selector.parts[part].materialised().slice(chunk.begin / 64, words); };
  Words r = roles.is_single() ? context.words(words) : Words();
  if (roles.is_single())
    context.local([&] { ring::exclusive_or(r.mutable_span(), plane(0).span(), plane(1).span()); });
  Words cached;
  if (work.use_cache && roles.in_pair())
    cached = selector.selector->bit_share.slice(chunk.begin, chunk.size());
  Selection selection = selection_of(work, chunk, dealing);
  selection.deal(roles.is_single() ? mine : Words(), r, work.use_cache, std::move(cached));
  co_await context.next_round();
  TruncatedHalves halves;
  if (roles.in_pair())
    halves =
        truncate_pair_half(context, pair_half(work, roles, mine, theirs), work.contraction.truncate_bits);
  co_await selection.finish(std::move(halves), roles.in_pair() ? plane(roles.pair_part()) : Words(), chunk,
                            work.value);
}

Task<void> chunk_task(Work& work, Chunk chunk) {
  Dealing dealing(work.context, work.site, chunk);
  const Words mine = work.product.summand(work.context, chunk);
  if (work.projection)
    work.context.local(
        [&] { work.projection->add(work.probes.mutable_span(), mine.span(), chunk.begin, work.site); });
  const Words theirs = work.product.is_product() ? mask_and_exchange(dealing, mine) : Words();
  if (!work.product.is_product() && work.contraction.truncate_bits > 0) shift_by_public_coin(dealing, mine);
  if (work.contraction.then == Then::kRelu) {
    co_await relu_chunk(work, chunk, dealing, mine, theirs);
  } else if (work.contraction.then == Then::kSelect) {
    co_await select_chunk(work, chunk, dealing, mine, theirs);
  } else {
    Truncation truncation(dealing, chunk.size(), work.contraction.truncate_bits);
    truncation.deal(dealing.roles().is_single() ? mine : Words());
    co_await work.context.next_round();
    co_await truncation.finish(pair_half(work, dealing.roles(), mine, theirs), chunk, work.value);
  }
}

// Probes of a product: three summands like the product itself, projected before they are masked, then shared
// again as a small product of its own in the same round. Started after all chunks of the product.
Task<void> share_probes(Work& work, const Site& site, Chunk chunk, const Output& output) {
  Dealing dealing(work.context, site, chunk);
  const Words mine = work.probes.slice(chunk.begin, chunk.size());
  const Words theirs = mask_and_exchange(dealing, mine);
  Truncation whole(dealing, chunk.size(), 0);
  whole.deal(dealing.roles().is_single() ? mine : Words());
  co_await work.context.next_round();
  co_await whole.finish(pair_half(work, dealing.roles(), mine, theirs), chunk, output);
}

// A sum of shared values is a sum of parts.
Share local_sum(const Context& context, const Contraction& contraction, std::size_t count) {
  Share result{Kind::kArithmetic, contraction.shape, {}, nullptr};
  const LocalProduct sums(context, contraction);
  for (int part = 0; part < 2; ++part) {
    Contraction one_part = contraction;
    for (Addend& addend : one_part.addends) {
      addend.share.parts[0] = addend.share.parts[part];
      addend.share.parts[1] = Words::zeros(addend.share.parts[part].size());
    }
    const LocalProduct sum(context, one_part);
    // As the single of a chunk, a party adds both parts of every addend.
    result.parts[part] = sum.summand(context, Chunk{0, count, context.self(), 0});
  }
  return result;
}

// Probes of a sum: of its parts.
Share local_probes(const Context& context, const Contraction& contraction, std::size_t count,
                   const Site& site) {
  const Share sum = local_sum(context, contraction, count);
  Share probes{
      Kind::kArithmetic, {static_cast<std::int64_t>(contraction.probe_groups), kProbes}, {}, nullptr};
  for (int part = 0; part < 2; ++part) {
    probes.parts[part] = context.words(probes.elements());
    context.local([&] {
      const auto sums = probes.parts[part].mutable_span();
      std::ranges::fill(sums, 0);
      Projection(count, contraction.probe_groups).add(sums, sum.parts[part].materialised().span(), 0, site);
    });
  }
  return probes;
}

// The cuts of the operation that made the selector, where they fit this contraction's rows.
bool cache_fits(const Contraction& contraction, std::size_t count, std::size_t granularity) {
  const auto& cache = contraction.selector.selector;
  if (contraction.then != Then::kSelect || !cache || cache->chunks.empty()) return false;
  if (cache->chunks.back().end != count) return false;
  for (const Chunk& chunk : cache->chunks)
    if (chunk.begin % granularity != 0) return false;
  return true;
}

Task<Shares> sharing_contract(Context& context, const Contraction& contraction, std::size_t count) {
  const Site site = context.begin();
  Work work{context, contraction, site, LocalProduct(context, contraction), {}, {}, {}};
  work.value = {{context.words(count), context.words(count)}};
  const bool relu = contraction.then == Then::kRelu;
  const std::size_t plane_words = relu ? bits::words_for(count) : 0;
  work.bits = {{context.words(plane_words), context.words(plane_words)}};
  if (relu) work.bit_shares = context.words(count);
  work.use_cache = cache_fits(contraction, count, work.product.granularity());
  const std::vector<Chunk> chunks =
      work.use_cache ? contraction.selector.selector->chunks : cut(count, work.product.granularity(), site);
  std::vector<Task<void>> tasks;
  const bool projects = contraction.probe_groups > 0 && work.product.is_product();
  const std::size_t probes = projects ? contraction.probe_groups * kProbes : 0;
  const Output probed{{context.words(probes), context.words(probes)}};
  if (projects) {
    work.projection.emplace(count, contraction.probe_groups);
    work.probes = context.words(probes);
    context.local([&] { std::ranges::fill(work.probes.mutable_span(), 0); });
  }
  for (const Chunk& chunk : chunks) tasks.push_back(chunk_task(work, chunk));
  const Site probe_site = projects ? context.begin() : site;
  for (const Chunk& chunk : cut(probes, 64, probe_site))
    tasks.push_back(share_probes(work, probe_site, chunk, probed));
  co_await when_all(std::move(tasks));
  Shares results;
  results.push_back(
      {Kind::kArithmetic, contraction.shape, {work.value.part[0], work.value.part[1]}, nullptr});
  if (relu)
    results.push_back({Kind::kBoolean,
                       contraction.shape,
                       {work.bits.part[0], work.bits.part[1]},
                       std::make_shared<SelectorCache>(SelectorCache{chunks, work.bit_shares})});
  if (projects)
    results.push_back({Kind::kArithmetic,
                       {static_cast<std::int64_t>(contraction.probe_groups), kProbes},
                       {probed.part[0], probed.part[1]},
                       nullptr});
  else if (contraction.probe_groups > 0)
    results.push_back(local_probes(context, contraction, count, site));
  co_return results;
}

Task<void> sign_chunk(Context& context, const Site& site, const LocalProduct& value, int window,
                      Effort effort, Chunk chunk, const Output& output) {
  Dealing dealing(context, site, chunk);
  const Roles& roles = dealing.roles();
  const Words half = value.summand(context, chunk);
  Comparison comparison(dealing, chunk.size(), window, effort);
  OpenedBit bit = draw_bit(dealing, chunk.size());
  comparison.deal(roles.is_single() ? half : Words());
  co_await context.next_round();
  Words share = co_await comparison.evaluate(roles.in_pair() ? half : Words());
  co_await open_bit(dealing, std::move(share), bit, chunk.size());
  store_bit(context, roles, bit, chunk, output);
}

}  // namespace

Task<Shares> contract(Context& context, Contraction contraction) {
  const auto count = static_cast<std::size_t>(element_count(contraction.shape));
  const bool local = contraction.product == Contraction::Product::kNone && contraction.truncate_bits == 0 &&
                     contraction.then == Then::kNothing;
  SOTTO_ASSERT(contraction.truncate_bits >= 0 && contraction.truncate_bits < 62,
               "a truncation drops 0 to 61 bits");
  SOTTO_ASSERT(contraction.then != Then::kRelu || contraction.window <= 64 - contraction.truncate_bits,
               "a window fits beside the truncated bits");
  if (local) {
    Shares result;
    result.push_back(local_sum(context, contraction, count));
    if (contraction.probe_groups > 0)
      result.push_back(local_probes(context, contraction, count, context.begin()));
    co_return result;
  }
  co_return co_await sharing_contract(context, contraction, count);
}

std::shared_ptr<const SelectorCache> selector_of_relu(const Shape& shape, std::uint16_t operation) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  Site site;
  site.base.operation = operation;
  return std::make_shared<SelectorCache>(
      SelectorCache{cut(count, granularity_of(shape), site), Words::shape_only(count)});
}

Task<Share> sign(Context& context, Share value, int window, Effort effort) {
  co_return co_await chunkwise(
      context, std::move(value), Kind::kBoolean,
      [&](const Site& site, const LocalProduct& halves, const Chunk& chunk, const Output& output) {
        return sign_chunk(context, site, halves, window, effort, chunk, output);
      });
}

}  // namespace sotto::protocols::rep3
