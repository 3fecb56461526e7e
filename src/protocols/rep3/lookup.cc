#include "protocols/rep3/lookup.h"

#include <cstring>

#include "base/vectorized.h"
#include "protocols/rep3/halves.h"
#include "protocols/rep3/truncation.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

// selected[t] = table[j][t] by a scan whose memory accesses do not depend on j.
SOTTO_VECTORIZED void scan(Word* selected, const Word* table, Word j, std::size_t pieces, std::size_t terms) {
  for (std::size_t t = 0; t < terms; ++t) selected[t] = 0;
  for (std::size_t piece = 0; piece < pieces; ++piece) {
    const Word mask = Word{0} - static_cast<Word>(piece == j);
    for (std::size_t t = 0; t < terms; ++t) selected[t] |= table[piece * terms + t] & mask;
  }
}

class LookupChunk {
 public:
  LookupChunk(Context& context, const Site& site, const PiecewiseFunction& function, const Chunk& chunk)
      : context_(context), function_(function), chunk_(chunk), dealing_(context, site, chunk) {}

  Task<void> run(const Words half, const Output& output) {
    deal_table(half);
    Words summand = context_.words(chunk_.size());
    context_.local([&] { std::memset(summand.mutable_span().data(), 0, summand.size() * sizeof(Word)); });
    const Roles& roles = dealing_.roles();
    Truncation truncation(dealing_, chunk_.size(), function_.truncate_bits);
    if (roles.is_single()) mask_and_exchange(dealing_, summand);
    truncation.deal(roles.is_single() ? summand : Words());
    co_await context_.next_round();
    Words theirs;
    if (roles.in_pair()) {
      context_.local([&] { evaluate(half, summand); });
      theirs = mask_and_exchange(dealing_, summand);
    }
    co_await context_.next_round();
    if (roles.in_pair())
      context_.local([&] { ring::add(summand.mutable_span(), summand.span(), theirs.span()); });
    co_await truncation.finish(roles.in_pair() ? summand : Words(), chunk_, output);
  }

 private:
  std::size_t pieces() const { return std::size_t{1} << function_.piece_bits; }
  std::size_t terms() const { return static_cast<std::size_t>(function_.terms); }
  int low_bits() const { return function_.window - function_.piece_bits; }

  void deal_table(const Words& half) {
    const std::size_t entries = chunk_.size() * pieces() * terms();
    Words table;
    if (dealing_.roles().is_single()) {
      table = context_.words(entries);
      context_.local([&] { fill_table(half, table.mutable_span()); });
    }
    table_ = dealing_.elements(entries, kTable, std::move(table));
  }

  void fill_table(const Words& half, std::span<Word> table) const {
    const Word window_mask = (Word{1} << function_.window) - 1;
    const std::int64_t size = std::int64_t{1} << function_.window;
    const std::int64_t highest = size - (std::int64_t{1} << low_bits());
    for (std::size_t i = 0; i < chunk_.size(); ++i)
      for (std::size_t j = 0; j < pieces(); ++j) {
        const auto base = static_cast<std::int64_t>((half.span()[i] + (Word{j} << low_bits())) & window_mask);
        // Beyond the highest base the argument has wrapped around to the window's start. Without a branch:
        const std::int64_t wrapped = base - (size & -static_cast<std::int64_t>(base > highest));
        function_.coefficients(wrapped, table.subspan((i * pieces() + j) * terms(), terms()));
      }
  }

  void evaluate(const Words& half, const Words& summand) const {
    const Word window_mask = (Word{1} << function_.window) - 1, low_mask = (Word{1} << low_bits()) - 1;
    std::vector<Word> selected(terms()), basis(terms());
    for (std::size_t i = 0; i < chunk_.size(); ++i) {
      const Word u = (half.span()[i] - static_cast<Word>(function_.minimum)) & window_mask;
      scan(selected.data(), &table_.span()[i * pieces() * terms()], u >> low_bits(), pieces(), terms());
      function_.basis(u & low_mask, basis);
      Word sum = 0;
      for (std::size_t t = 0; t < terms(); ++t) sum += selected[t] * basis[t];
      summand.mutable_span()[i] = sum;
    }
  }

  Context& context_;
  const PiecewiseFunction& function_;
  const Chunk& chunk_;
  Dealing dealing_;
  Words table_;
};

Task<void> chunk_task(Context& context, const Site& site, const PiecewiseFunction& function,
                      const LocalProduct& value, Chunk chunk, const Output& output) {
  LookupChunk work(context, site, function, chunk);
  co_await work.run(value.summand(context, chunk), output);
}

}  // namespace

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function) {
  SOTTO_ASSERT(function.window <= 40 && function.piece_bits >= 0 && function.piece_bits < function.window,
               "a piecewise function has a window of at most 40 bits, wider than its pieces' number");
  const Site site = context.begin();
  const std::size_t count = value.elements();
  Contraction identity;
  identity.shape = value.shape;
  identity.addends.push_back({value});
  const LocalProduct local(context, identity);
  const Output output{{context.words(count), context.words(count)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& chunk : cut(count, 64, site))
    tasks.push_back(chunk_task(context, site, function, local, chunk, output));
  co_await when_all(std::move(tasks));
  co_return Share{Kind::kArithmetic, value.shape, {output.part[0], output.part[1]}, nullptr};
}

}  // namespace sotto::protocols::rep3
