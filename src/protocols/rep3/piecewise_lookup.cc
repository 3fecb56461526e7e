#include "protocols/rep3/piecewise_lookup.h"

#include <cstring>

#include "protocols/rep3/halves.h"
#include "protocols/rep3/scan.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

}  // namespace

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

// Untruncated, the masks under which the pair exchanges its summands are the other components.
Task<void> PiecewiseLookup::share_again(Words half, const Output& output) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  context.local([&] {
    if (!roles.is_second())
      dealing_.first_key().fill(output.at(roles.first_part(), chunk_), dealing_.at(kZeroFirst));
    if (!roles.is_first())
      dealing_.second_key().fill(output.at(roles.second_part(), chunk_), dealing_.at(kZeroSecond));
    if (!roles.in_pair()) return;
    evaluate(half, summand_);
    const int own_part = roles.is_first() ? roles.first_part() : roles.second_part();
    ring::add(summand_.mutable_span(), summand_.span(), output.at(own_part, chunk_));
  });
  const Words theirs = exchange(context, roles, summand_, summand_.size() * sizeof(Word));
  context.local([&] {
    for (int part = 0; part < 2; ++part)
      if (!roles.in_pair() || part != roles.pair_part())
        ring::negate(output.at(part, chunk_), output.at(part, chunk_));
  });
  co_await context.next_round();
  if (roles.in_pair())
    context.local([&] { ring::add(output.at(roles.pair_part(), chunk_), summand_.span(), theirs.span()); });
}

Task<void> PiecewiseLookup::finish(Words half, const Output& output) {
  if (!truncation_) {
    co_await share_again(std::move(half), output);
    co_return;
  }
  Context& context = dealing_.context();
  const bool pair = dealing_.roles().in_pair();
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
