#include "protocols/rep3/vanishing_lookup.h"

#include "base/bits.h"
#include "base/ring.h"
#include "protocols/rep3/piecewise_lookup.h"
#include "protocols/rep3/scan.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

}  // namespace

VanishingLookup::VanishingLookup(Dealing& dealing, const PiecewiseFunction& function, std::size_t count,
                                 int window, Effort effort)
    : dealing_(dealing),
      function_(function),
      count_(count),
      window_(window),
      comparison_(dealing, count, window - low_bits(), effort) {
  SOTTO_ASSERT(function.terms == 1 && function.truncate_bits == 0 && function.piece_bits <= 6 &&
                   window > function.window && window <= 62,
               "a vanishing function has one term, at most 64 pieces, and a window around them");
}

void VanishingLookup::fill_tables(const Words& half, std::span<Word> tables) const {
  Words chosen = Words::allocate(count_);
  bits::expand_mask(chosen.mutable_span(), mask_.span());
  for (std::size_t i = 0; i < count_; ++i)
    for (std::size_t j = 0; j < pieces(); ++j) {
      ring::Element value = 0;
      function_.coefficients(piece_base(function_, half.span()[i], j), {&value, 1});
      const Word r = chosen.span()[i];
      tables[(2 * i) * pieces() + j] = value & r;
      tables[(2 * i + 1) * pieces() + j] = value & ~r;
    }
}

void VanishingLookup::deal(const Words& half) {
  Context& context = dealing_.context();
  const std::size_t words = bits::words_for(count_);
  const Words first = dealing_.first_random(words, kBitFirst),
              second = dealing_.second_random(words, kBitSecond);
  mask_ = dealing_.roles().is_second() ? second : first;
  Words steps, tables;
  if (dealing_.roles().is_single()) {
    steps = context.words(count_);
    tables = context.words(2 * count_ * pieces());
    context.local([&] {
      ring::exclusive_or(mask_.mutable_span(), first.span(), second.span());
      ring::shift_right_up(steps.mutable_span(), half.span(), low_bits());
      fill_tables(half, tables.mutable_span());
    });
  }
  comparison_.deal(steps);
  tables_ = dealing_.elements(2 * count_ * pieces(), kTable, std::move(tables));
}

Words VanishingLookup::select_values(const Words& argument, const Words& opened) const {
  Words out = dealing_.context().words(count_);
  dealing_.context().local([&] {
    const Word low_mask = (Word{1} << low_bits()) - 1;
    for (std::size_t i = 0; i < count_; ++i) {
      const Word u = argument.span()[i], c = opened.span()[i / 64] >> (i % 64) & 1;
      const Word wanted = c * pieces() + ((u >> low_bits()) & (pieces() - 1));
      Word selected = 0;
      scan(&selected, &tables_.span()[2 * i * pieces()], wanted, 2 * pieces(), 1);
      ring::Element basis = 0;
      function_.basis(u & low_mask, {&basis, 1});
      out.mutable_span()[i] = selected * basis;
    }
  });
  return out;
}

Task<Words> VanishingLookup::evaluate(Words half) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  Words steps = roles.in_pair() ? context.words(count_) : Words();
  if (roles.in_pair())
    context.local([&] {
      const auto u = half.mutable_span();
      ring::add_constant(u, u, Word{0} - static_cast<Word>(function_.minimum));
      ring::mask_low(u, u, window_);
      ring::shift_right(steps.mutable_span(), u, low_bits());
    });
  Words opened = co_await comparison_.evaluate(std::move(steps));
  if (roles.in_pair())
    context.local([&] { ring::exclusive_or(opened.mutable_span(), opened.span(), mask_.span()); });
  const Words theirs = exchange(context, roles, opened, bits::bytes_for(count_));
  co_await context.next_round();
  if (!roles.in_pair()) co_return Words();
  context.local([&] { ring::exclusive_or(opened.mutable_span(), opened.span(), theirs.span()); });
  co_return select_values(half, opened);
}

}  // namespace sotto::protocols::rep3
