#include "protocols/rep3/near_maximum.h"

#include <algorithm>

#include "base/ring.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

// Where the comparison of columns i < j stands among a row's.
std::size_t pair_index(std::size_t i, std::size_t j, std::size_t columns) {
  return i * (2 * columns - i - 1) / 2 + j - i - 1;
}

}  // namespace

NearMaximum::NearMaximum(Dealing& dealing, const Form& form)
    : dealing_(dealing),
      form_(form),
      comparison_(dealing, form.rows * pairs(), form.window + 1 - form.dropped, form.effort),
      wins_(dealing, words(), {(MaskedProducts::Set{1} << (form.columns - 1)) - 1},
            {kWinsFirst, kWinsSecond, kWinsProducts}),
      opening_(dealing, form.rows, form.width, NarrowOpening::Kind::kSum, kMaximumFirst, kMaximumSecond) {
  SOTTO_ASSERT(form.columns >= 2 && form.columns <= 10 && form.window <= 62 && form.dropped >= 0 &&
                   (form.dropped == 0 || form.dropped + 1 < form.window) && form.window <= form.width &&
                   form.width < 64,
               "a maximum is of 2 to 10 columns in a window that leaves room");
}

Words NearMaximum::differences(const Words& half) const {
  Words out = dealing_.context().words(form_.rows * pairs());
  dealing_.context().local([&] {
    const Word mask = (Word{2} << form_.window) - 1;
    Word* next = out.mutable_span().data();
    for (std::size_t row = 0; row < form_.rows; ++row) {
      Word column[10];
      for (std::size_t i = 0; i < form_.columns; ++i)
        column[i] = (half.span()[row * form_.columns + i] & mask) >> form_.dropped;
      for (std::size_t i = 0; i < form_.columns; ++i)
        for (std::size_t j = i + 1; j < form_.columns; ++j) *next++ = column[i] - column[j];
    }
  });
  return out;
}

void NearMaximum::deal(const Words& half) {
  Context& context = dealing_.context();
  const bool single = dealing_.roles().is_single();
  comparison_.deal(single ? differences(half) : Words());
  wins_.deal();
  opening_.draw();
  const Words first = dealing_.first_random(words(), kBitFirst),
              second = dealing_.second_random(words(), kBitSecond);
  mask_ = dealing_.roles().is_second() ? second : first;
  Words bit, high_bit;
  if (single) {
    bit = context.words(elements());
    high_bit = context.words(elements());
    context.local([&] {
      ring::exclusive_or(mask_.mutable_span(), first.span(), second.span());
      bits::expand(bit.mutable_span(), mask_.span());
      ring::multiply(high_bit.mutable_span(), bit.span(), half.span());
    });
  }
  bit_ = dealing_.narrow(elements(), form_.width, kDealtBit, std::move(bit));
  high_bit_ = dealing_.narrow(elements(), form_.width, kDealtHighBit, std::move(high_bit));
}

Words NearMaximum::half_at_single() const {
  if (!dealing_.roles().is_single()) return {};
  Words half = dealing_.context().words(form_.rows);
  dealing_.context().local([&] { ring::negate(half.mutable_span(), opening_.mask().span()); });
  return half;
}

// Factor f of column c is its comparison with the f-th of the other columns.
Words NearMaximum::factors(const Words& comparisons) const {
  Words out = dealing_.context().words((form_.columns - 1) * words());
  dealing_.context().local([&] {
    const auto planes = out.mutable_span();
    std::ranges::fill(planes, 0);
    const Word flip = dealing_.roles().is_first() ? 1 : 0;  // of what is the other column's win
    for (std::size_t f = 0; f + 1 < form_.columns; ++f)
      for (std::size_t c = 0; c < form_.columns; ++c) {
        const bool left = f >= c;
        const std::size_t index =
            left ? pair_index(c, f + 1, form_.columns) : pair_index(f, c, form_.columns);
        for (std::size_t row = 0; row < form_.rows; ++row) {
          const std::size_t from = row * pairs() + index, to = row * form_.columns + c;
          const Word won = (comparisons.span()[from / 64] >> (from % 64) & 1) ^ (left ? 0 : flip);
          planes[f * words() + to / 64] |= won << (to % 64);
        }
      }
  });
  return out;
}

Task<Words> NearMaximum::open_winners(Words comparisons) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  co_await wins_.open(roles.in_pair() ? factors(comparisons) : Words());
  Words mine = roles.in_pair() ? context.words(words()) : Words();
  if (roles.in_pair())
    context.local([&] {
      std::ranges::copy(mask_.span(), mine.mutable_span().begin());
      wins_.accumulate((MaskedProducts::Set{1} << (form_.columns - 1)) - 1, mine.mutable_span().data());
    });
  const Words theirs = exchange(context, roles, mine, bits::bytes_for(elements()));
  co_await context.next_round();
  if (roles.in_pair())
    context.local([&] { ring::exclusive_or(mine.mutable_span(), mine.span(), theirs.span()); });
  co_return mine;
}

// This party's share; first adds what both know.
Words NearMaximum::maxima(const Words& half, const Words& component, const Words& opened) const {
  Words out = dealing_.context().words(form_.rows);
  dealing_.context().local([&] {
    Words masks = Words::allocate(elements());
    bits::expand_mask(masks.mutable_span(), opened.span());
    const Word common = dealing_.roles().is_first() ? ~Word{0} : 0;
    for (std::size_t row = 0; row < form_.rows; ++row) {
      Word sum = 0;
      for (std::size_t i = row * form_.columns; i < (row + 1) * form_.columns; ++i) {
        const Word c = masks.span()[i], a = half.span()[i];
        const Word correlated = bit_.share.span()[i] * a + high_bit_.share.span()[i];
        sum += (c & ((a & common) + component.span()[i])) + ((correlated ^ c) - c);
      }
      out.mutable_span()[row] = sum;
    }
  });
  return out;
}

Task<Words> NearMaximum::evaluate(Words half, Words component) {
  const bool pair = dealing_.roles().in_pair();
  Words comparisons = co_await comparison_.evaluate(pair ? differences(half) : Words());
  const Words opened = co_await open_winners(std::move(comparisons));
  if (pair) {
    dealing_.unpack_narrow(bit_);
    dealing_.unpack_narrow(high_bit_);
  }
  co_return co_await opening_.open(pair ? maxima(half, component, opened) : Words());
}

}  // namespace sotto::protocols::rep3
