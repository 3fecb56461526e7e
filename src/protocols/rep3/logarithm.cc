#include "protocols/rep3/logarithm.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/bits.h"
#include "protocols/rep3/chunkwise.h"
#include "protocols/rep3/leading_digit.h"
#include "protocols/rep3/logarithm_loops.h"
#include "protocols/rep3/logarithm_table.h"
#include "protocols/rep3/narrow_opening.h"
#include "protocols/rep3/piecewise_lookup.h"

namespace sotto::protocols::rep3 {

namespace {

using NarrowKind = NarrowOpening::Kind;

constexpr int kBinaryBits = 4;
constexpr double kThresholds[kBinaryBits] = {1.3, 3.2, 7.5, 16.0};
constexpr double kBelowUnit = 0.875;  // added to mantissas of values less than their unit

int terms_for(int precision) { return precision <= 8 ? 2 : precision <= 12 ? 3 : precision <= 16 ? 4 : 5; }

// Widths and places; the unit of the last digit is half the least value.
struct Format {
  explicit Format(const Logarithm& logarithm)
      : t(logarithm.precision + 1),
        shift_up(std::max(0, std::max(t - 1, 5) - logarithm.lowest)),
        lowest(logarithm.lowest + shift_up),
        digits((logarithm.highest - logarithm.lowest + 5) / 4),
        table{t, terms_for(logarithm.precision)},
        whole_bits(logarithm.whole_bits()),
        opened_bits(logarithm.fraction_bits()) {
    SOTTO_ASSERT(logarithm.fits() && lowest + 4 * digits + 2 <= 64,
                 "the range of a logarithm leaves room for its mantissa");
  }
  int t, shift_up, lowest, digits;
  LogarithmTable table;
  int whole_bits, opened_bits;

  int positions() const { return digits - 1; }
  int ring() const { return t + 5; }
  int half_bits() const { return 4 * positions() + ring(); }  // of B that mantissas are cut from
  int half_low() const { return lowest + 1 - t; }
  int logarithm_bits() const { return whole_bits + table.result_bits(); }
  Word least_negative() const { return Word{1} << (lowest - 5); }
  Cut cut(std::size_t position) const {
    return {4 * (positions() - static_cast<int>(position)), (Word{1} << ring()) - 1};
  }
  // log2(v / 2^lowest) of a mantissa 1 at the first position.
  double offset() const { return 4.0 * positions() + std::log2(4.0 / 3.0) - 1; }
};

class LogarithmChunk {
 public:
  LogarithmChunk(Context& context, const Site& site, const Logarithm& logarithm,
                 const PiecewiseFunction& function, const Chunk& chunk)
      : context_(context),
        format_(logarithm),
        dealing_(context, site, chunk),
        roles_(dealing_.roles()),
        count_(chunk.size()),
        words_(bits::words_for(count_)),
        leading_(dealing_, count_, format_.lowest - 1, format_.digits),
        mantissa_(dealing_, count_, format_.ring(), NarrowKind::kSum, kMantissaFirst, kMantissaSecond),
        binary_(dealing_, count_, kBinaryBits, NarrowKind::kExclusiveOr, kBinaryFirst, kBinarySecond),
        normalised_(dealing_, count_, format_.t + 1, NarrowKind::kSum, kNormalisedFirst, kNormalisedSecond),
        logarithm_(dealing_, count_, logarithm.window(), NarrowKind::kSum, kLogarithmFirst, kLogarithmSecond),
        function_(dealing_, function, chunk) {}

  Task<void> run(Words half, const Output& output) {
    context_.local([&] { ring::scale(half.mutable_span(), half.span(), Word{1} << format_.shift_up); });
    deal(half);
    co_await context_.next_round();
    Words prefix_bits = co_await leading_.evaluate(positive(half));
    prefix_bits = co_await open_positions(std::move(prefix_bits));
    const Words mantissa = co_await mantissa_.open(select_mantissa(half, prefix_bits));
    const Words shifts = co_await binary_.open(select_binary(mantissa));
    const Words normalised = co_await normalised_.open(normalise(mantissa, shifts));
    const Words logarithm = co_await logarithm_.open(take_logarithm(normalised));
    co_await function_.finish(logarithm, output);
  }

 private:
  std::span<const Word> at(const Words& words, std::size_t index) const {
    return words.span().subspan(index * count_, count_);
  }
  Word mine() const { return roles_.is_first() ? ~Word{0} : 0; }
  Words array(std::size_t count) const { return roles_.in_pair() ? context_.words(count) : Words(); }

  // A with the margin for values slightly below zero.
  Words positive(const Words& half) const {
    Words a = array(count_);
    if (roles_.in_pair())
      context_.local([&] { ring::add_constant(a.mutable_span(), half.span(), format_.least_negative()); });
    return a;
  }

  void deal(const Words& half);
  void deal_positions();
  void deal_half(const Words& half);
  void deal_selection();
  void deal_binary();
  void deal_table();
  Task<Words> open_positions(Words prefix_bits);
  Words select_mantissa(const Words& half, const Words& prefix_bits);
  Words select_binary(const Words& mantissa) const;
  Words normalise(const Words& mantissa, const Words& shifts);
  Words take_logarithm(const Words& normalised);

  Context& context_;
  Format format_;
  Dealing dealing_;
  Roles roles_;
  std::size_t count_, words_;
  LeadingDigit leading_;
  NarrowOpening mantissa_, binary_, normalised_, logarithm_;
  PiecewiseLookup function_;
  Words position_mask_;   // the pair's part of the r's, planes; at the single all of them
  Words half_shares_[2];  // single: first's and second's shares of B's digits
  Dealing::Narrow half_, selection_, shifts_, table_;
  Words vectors_;
  Words exponent_;  // pair: share of what the exponent is below its highest
};

void LogarithmChunk::deal_positions() {
  const std::size_t words = static_cast<std::size_t>(format_.digits) * words_;
  const Words first = dealing_.first_random(words, kPositionFirst),
              second = dealing_.second_random(words, kPositionSecond);
  position_mask_ = roles_.is_second() ? second : first;
  if (roles_.is_single())
    context_.local([&] { ring::exclusive_or(position_mask_.mutable_span(), first.span(), second.span()); });
}

void LogarithmChunk::deal_half(const Words& half) {
  Words value;
  if (roles_.is_single()) {
    value = context_.words(count_);
    context_.local([&] {
      const Word mask = format_.half_bits() == 64 ? ~Word{0} : (Word{1} << format_.half_bits()) - 1;
      triple(value.mutable_span().data(), half.span().data(), format_.half_low(), mask, count_);
    });
    half_shares_[1] = value;
  }
  half_ =
      dealing_.narrow_and_keep(count_, format_.half_bits(), kHalfDigits, std::move(value), half_shares_[0]);
}

// For each U but the last r and r (b_d - b_(d-1)); for the last r.
void LogarithmChunk::deal_selection() {
  const auto positions = static_cast<std::size_t>(format_.positions());
  const std::size_t entries = (2 * positions + 1) * count_;
  Words values;
  if (roles_.is_single()) {
    values = context_.words(entries);
    context_.local([&] {
      std::vector<Word> difference(count_), other(count_);
      for (std::size_t d = 0; d <= positions; ++d) {
        const auto bit = values.mutable_span().subspan(2 * d * count_, count_);
        bits::expand(bit, position_mask_.span().subspan(d * words_, words_));
        if (d == positions) continue;
        const Cut upper = format_.cut(d + 1), lower = format_.cut(d);
        cut_difference(difference.data(), half_shares_[0].span().data(), upper, lower, count_);
        cut_difference(other.data(), half_shares_[1].span().data(), upper, lower, count_);
        ring::add(difference, difference, other);
        ring::multiply(values.mutable_span().subspan((2 * d + 1) * count_, count_), bit, difference);
      }
    });
  }
  selection_ = dealing_.narrow(entries, format_.ring(), kDigitSelection, std::move(values));
}

// The vectors of thresholds; for each of their bits r, and r times the mantissa's mask.
void LogarithmChunk::deal_binary() {
  mantissa_.draw();
  binary_.draw();
  const std::size_t words = (kBinaryBits * count_ + 1) / 2;
  Words vectors, values;
  if (roles_.is_single()) {
    vectors = context_.words(words);
    values = context_.words(2 * kBinaryBits * count_);
    context_.local([&] {
      vectors.mutable_span().back() = 0;
      auto* lanes = reinterpret_cast<Vector32*>(vectors.mutable_span().data());
      for (std::size_t k = 0; k < kBinaryBits; ++k) {
        threshold_vectors(lanes + k * count_, mantissa_.mask().span().data(), kThresholds[k], format_.t,
                          count_);
        const auto bit = values.mutable_span().subspan(2 * k * count_, count_);
        ring::shift_right(bit, binary_.mask().span(), static_cast<int>(k));
        ring::mask_low(bit, bit, 1);
        const auto product = values.mutable_span().subspan((2 * k + 1) * count_, count_);
        ring::multiply(product, bit, mantissa_.mask().span());
        ring::scale(product, product, Word{1} << (kBinaryBits - 1 - k));
      }
    });
  }
  vectors_ = dealing_.planes(words, kBinaryThresholds, std::move(vectors));
  shifts_ = dealing_.narrow(2 * kBinaryBits * count_, format_.ring(), kBinarySelection, std::move(values));
}

void LogarithmChunk::deal_table() {
  normalised_.draw();
  const std::size_t entries =
      LogarithmTable::kPieces * static_cast<std::size_t>(format_.table.terms) * count_;
  Words values;
  if (roles_.is_single()) {
    values = context_.words(entries);
    context_.local([&] { format_.table.fill(values.mutable_span(), normalised_.mask().span()); });
  }
  table_ = dealing_.narrow(entries, format_.logarithm_bits(), kLogarithmTable, std::move(values));
}

void LogarithmChunk::deal(const Words& half) {
  const bool single = roles_.is_single();
  leading_.deal(single ? half : Words());
  deal_positions();
  deal_half(half);
  deal_selection();
  deal_binary();
  deal_table();
  logarithm_.draw();
  Words minus_mask = single ? context_.words(count_) : Words();
  if (single) context_.local([&] { ring::negate(minus_mask.mutable_span(), logarithm_.mask().span()); });
  function_.deal(minus_mask);
}

Task<Words> LogarithmChunk::open_positions(Words prefix_bits) {
  if (roles_.in_pair())
    context_.local(
        [&] { ring::exclusive_or(prefix_bits.mutable_span(), prefix_bits.span(), position_mask_.span()); });
  const std::size_t words = static_cast<std::size_t>(format_.digits) * words_;
  const Words theirs = exchange(context_, roles_, prefix_bits, words * sizeof(Word));
  co_await context_.next_round();
  if (roles_.in_pair())
    context_.local(
        [&] { ring::exclusive_or(prefix_bits.mutable_span(), prefix_bits.span(), theirs.span()); });
  co_return prefix_bits;
}

Words LogarithmChunk::select_mantissa(const Words& half, const Words& prefix_bits) {
  Words sum = array(count_);
  exponent_ = array(count_);
  if (!roles_.in_pair()) return sum;
  dealing_.unpack_narrow(half_);
  dealing_.unpack_narrow(selection_);
  context_.local([&] {
    const auto positions = static_cast<std::size_t>(format_.positions());
    std::vector<Word> mine_half(count_), open(count_), hidden(count_), c(count_);
    Word* const out = sum.mutable_span().data();
    std::memset(exponent_.mutable_span().data(), 0, count_ * sizeof(Word));
    triple(mine_half.data(), half.span().data(), format_.half_low(), ~Word{0}, count_);
    cut_digits(out, half_.share.span().data(), format_.cut(0), count_);
    cut_digits(open.data(), mine_half.data(), format_.cut(0), count_);
    // A half and both shares of the other are rounded down: a unit more centres the error.
    if (roles_.is_first()) {
      ring::add(sum.mutable_span(), sum.span(), open);
      ring::add_constant(sum.mutable_span(), sum.span(), 1);
    }
    for (std::size_t d = 0; d <= positions; ++d) {
      bits::expand_mask(c, prefix_bits.span().subspan(d * words_, words_));
      const Word* const bit = at(selection_.share, 2 * d).data();
      if (d == positions) {
        const auto constant = static_cast<Word>(std::ldexp(kBelowUnit, format_.t));
        add_constant_where(out, c.data(), bit, constant, mine(), count_);
        continue;
      }
      const Cut upper = format_.cut(d + 1), lower = format_.cut(d);
      cut_difference(open.data(), mine_half.data(), upper, lower, count_);
      cut_difference(hidden.data(), half_.share.span().data(), upper, lower, count_);
      add_selected(out, exponent_.mutable_span().data(), c.data(), open.data(), 1, hidden.data(), bit,
                   at(selection_.share, 2 * d + 1).data(), mine(), count_);
    }
    // Each position is four powers of two less.
    ring::scale(exponent_.mutable_span(), exponent_.span(), Word{0} - 4);
  });
  return sum;
}

Words LogarithmChunk::select_binary(const Words& mantissa) const {
  Words selected = array(count_);
  if (!roles_.in_pair()) return selected;
  context_.local([&] {
    std::memset(selected.mutable_span().data(), 0, count_ * sizeof(Word));
    const auto* lanes = reinterpret_cast<const Vector32*>(vectors_.span().data());
    for (std::size_t k = 0; k < kBinaryBits; ++k)
      select_vector_bit(selected.mutable_span().data(), lanes + k * count_, mantissa.span().data(), format_.t,
                        static_cast<int>(k), count_);
  });
  return selected;
}

// m (16 - 8 T_1 - 4 T_2 - 2 T_3 - T_4), where m is `mantissa` less its mask and each T one of the bits.
Words LogarithmChunk::normalise(const Words& mantissa, const Words& shifts) {
  Words sum = array(count_);
  if (!roles_.in_pair()) return sum;
  dealing_.unpack_narrow(shifts_);
  context_.local([&] {
    std::vector<Word> c(count_), minus_mask(count_);
    ring::negate(minus_mask, mantissa_.mask().span());
    ring::scale(sum.mutable_span(), minus_mask, 1 << kBinaryBits);
    if (roles_.is_first()) ring::accumulate_scaled(sum.mutable_span(), mantissa.span(), 1 << kBinaryBits);
    for (std::size_t k = 0; k < kBinaryBits; ++k) {
      bit_mask(c.data(), shifts.span().data(), static_cast<int>(k), count_);
      add_selected(sum.mutable_span().data(), exponent_.mutable_span().data(), c.data(),
                   mantissa.span().data(), Word{0} - (Word{1} << (kBinaryBits - 1 - k)), minus_mask.data(),
                   at(shifts_.share, 2 * k).data(), at(shifts_.share, 2 * k + 1).data(), mine(), count_);
    }
    ring::mask_low(sum.mutable_span(), sum.span(), format_.ring());
    ring::shift_right(sum.mutable_span(), sum.span(), kBinaryBits);
    if (roles_.is_first()) ring::add_constant(sum.mutable_span(), sum.span(), 1);
  });
  return sum;
}

Words LogarithmChunk::take_logarithm(const Words& normalised) {
  Words sum = array(count_);
  if (!roles_.in_pair()) return sum;
  dealing_.unpack_narrow(table_);
  context_.local([&] {
    const LogarithmTable& table = format_.table;
    ring::scale(sum.mutable_span(), exponent_.span(), Word{1} << table.result_bits());
    if (roles_.is_first()) {
      const auto offset =
          static_cast<std::int64_t>(std::llrint(std::ldexp(format_.offset(), table.result_bits())));
      ring::add_constant(sum.mutable_span(), sum.span(), static_cast<Word>(offset));
    }
    std::vector<Word> argument(count_);
    ring::add_constant(argument, normalised.span(), Word{0} - static_cast<Word>(table.minimum()));
    ring::mask_low(argument, argument, format_.t + 1);
    std::vector<Word> mask(count_);
    for (std::size_t piece = 0; piece < LogarithmTable::kPieces; ++piece) {
      piece_mask(mask.data(), argument.data(), piece, table.low_bits(), count_);
      for (int k = 0; k < table.terms; ++k)
        add_piece(
            sum.mutable_span().data(),
            at(table_.share, piece * static_cast<std::size_t>(table.terms) + static_cast<std::size_t>(k))
                .data(),
            argument.data(), mask.data(), table.low_bits(), k, count_);
    }
    ring::mask_low(sum.mutable_span(), sum.span(), format_.logarithm_bits());
    ring::shift_right(sum.mutable_span(), sum.span(), table.result_bits() - format_.opened_bits);
    if (roles_.is_first()) ring::add_constant(sum.mutable_span(), sum.span(), 1);
  });
  return sum;
}

Task<void> chunk_task(Context& context, const Site& site, const Logarithm& logarithm,
                      const PiecewiseFunction& function, const LocalProduct& value, Chunk chunk,
                      const Output& output) {
  LogarithmChunk work(context, site, logarithm, function, chunk);
  co_await work.run(value.summand(context, chunk), output);
}

}  // namespace

Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                const PiecewiseFunction& function) {
  SOTTO_ASSERT(function.window == logarithm.window() && function.piece_bits == logarithm.piece_bits &&
                   function.minimum == logarithm.minimum(),
               "a function of a logarithm has the window of its logarithm");
  co_return co_await chunkwise(
      context, std::move(value), Kind::kArithmetic,
      [&](const Site& site, const LocalProduct& halves, const Chunk& chunk, const Output& output) {
        return chunk_task(context, site, logarithm, function, halves, chunk, output);
      });
}

}  // namespace sotto::protocols::rep3
