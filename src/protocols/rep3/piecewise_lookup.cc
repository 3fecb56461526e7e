#include "protocols/rep3/piecewise_lookup.h"

#include <cstring>

#include "protocols/rep3/halves.h"
#include "protocols/rep3/resharing.h"
#include "protocols/rep3/scan.h"

namespace sotto::protocols::rep3 {

using Word = std::uint64_t;

std::int64_t piece_base(const PiecewiseFunction& function, Word half, std::size_t piece) {
  const int low_bits = function.window - function.piece_bits;
  const Word sum = half + (Word{piece} << low_bits);
  const std::int64_t size = std::int64_t{1} << function.window;
  const auto base = static_cast<std::int64_t>(sum & static_cast<Word>(size - 1));
  // Beyond the highest base the argument has wrapped around to the window's start. Without a branch:
  const bool wrapped = base > size - (std::int64_t{1} << low_bits);
  return base - (size & -static_cast<std::int64_t>(wrapped));
}

void PiecewiseLookup::deal(const Words& half) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  const std::size_t entries = chunk_.size() * pieces() * terms();
  Words table;
  if (roles.is_single()) {
    table = context.words(entries);
    context.local([&] { fill_table(half, table.mutable_span()); });
  }
  table_ = dealing_.elements(entries, kTable, std::move(table));
  summand_ = context.words(chunk_.size());
  context.local([&] { std::memset(summand_.mutable_span().data(), 0, summand_.size() * sizeof(Word)); });
  if (function_.truncate_bits == 0) return;
  truncation_.emplace(dealing_, chunk_.size(), function_.truncate_bits);
  // The single's summand is nothing but masks.
  if (roles.is_single()) mask_and_exchange(dealing_, summand_);
  truncation_->deal(roles.is_single() ? summand_ : Words());
}

Task<void> PiecewiseLookup::finish(Words half, const Output& output) {
  Context& context = dealing_.context();
  const bool pair = dealing_.roles().in_pair();
  if (!truncation_) {
    if (pair) context.local([&] { evaluate(half, summand_); });
    Resharing{.first = kZeroFirst, .second = kZeroSecond}.draw(dealing_, chunk_, output);
    co_await share_again(dealing_, chunk_, summand_, output);
    co_return;
  }
  Words theirs;
  if (pair) {
    context.local([&] { evaluate(half, summand_); });
    theirs = mask_and_exchange(dealing_, summand_);
  }
  co_await context.next_round();
  if (pair) context.local([&] { ring::add(summand_.mutable_span(), summand_.span(), theirs.span()); });
  co_await truncation_->finish(pair ? summand_ : Words(), chunk_, output);
}

void PiecewiseLookup::fill_table(const Words& half, std::span<Word> table) const {
  for (std::size_t i = 0; i < chunk_.size(); ++i)
    for (std::size_t j = 0; j < pieces(); ++j)
      function_.coefficients(piece_base(function_, half.span()[i], j),
                             table.subspan((i * pieces() + j) * terms(), terms()));
}

void PiecewiseLookup::evaluate(const Words& half, const Words& summand) const {
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

}  // namespace sotto::protocols::rep3
