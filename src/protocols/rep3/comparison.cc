#include "protocols/rep3/comparison.h"

#include <algorithm>

#include "base/bits.h"
#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;
constexpr int kDigitBits = 4;

// thresholds[t-1] = [t > c] for t = 1 .. 2^width - 1, where c's bits are the complements of b's planes.
SOTTO_VECTORIZED void threshold_planes(Word* thresholds, const Word* b, int width, std::size_t words) {
  const std::size_t count = (std::size_t{1} << width) - 1;
  for (std::size_t w = 0; w < words; ++w) {
    Word bit[4];
    for (int i = 0; i < 4; ++i) bit[i] = i < width ? ~b[i * words + w] : 0;
    // [l > low two bits] and, for the high two bits, equal and greater.
    const Word low[4] = {0, ~bit[1] & ~bit[0], ~bit[1], ~(bit[1] & bit[0])};
    const Word equal[4] = {~bit[3] & ~bit[2], ~bit[3] & bit[2], bit[3] & ~bit[2], bit[3] & bit[2]};
    const Word greater[4] = {0, equal[0], ~bit[3], ~equal[3]};
    for (std::size_t t = 1; t <= count; ++t)
      thresholds[(t - 1) * words + w] = greater[t >> 2] | (equal[t >> 2] & low[t & 3]);
  }
}

inline Word choose(Word selector, Word if_one, Word if_zero) {
  return if_zero ^ (selector & (if_one ^ if_zero));
}

// greater = T[j], equal = T[j] ^ T[j+1] for the digit j given by planes; T[0] = 0, T[t] = 1 beyond the last.
SOTTO_VECTORIZED void select_digit(Word* greater, Word* equal, const Word* thresholds, const Word* j,
                                   int width, Word one, std::size_t words) {
  const int count = (1 << width) - 1;
  for (std::size_t w = 0; w < words; ++w) {
    Word t[17];
    t[0] = 0;
    for (int i = 1; i < 17; ++i) t[i] = i <= count ? thresholds[(i - 1) * words + w] : one;
    Word at[16], above[16];
    for (int i = 0; i < 16; ++i) at[i] = t[i], above[i] = t[i + 1];
    for (int level = 0; level < 4; ++level) {
      const Word selector = level < width ? j[level * words + w] : 0;
      for (int i = 0; i < (8 >> level); ++i) {
        at[i] = choose(selector, at[2 * i + 1], at[2 * i]);
        above[i] = choose(selector, above[2 * i + 1], above[2 * i]);
      }
    }
    greater[w] = at[0];
    equal[w] = at[0] ^ above[0];
  }
}

int digit_count(int window, Effort effort) {
  return effort == Effort::kFewRounds ? 0 : (window - 1 + kDigitBits - 1) / kDigitBits;
}

}  // namespace

Comparison::Comparison(Dealing& dealing, std::size_t count, int window, Effort effort)
    : dealing_(dealing),
      words_(bits::words_for(count)),
      window_(window),
      digits_(digit_count(window, effort)),
      merge_(dealing, words_, digits_, effort) {
  SOTTO_ASSERT(window >= 1 && window <= 64, "a window has 1 to 64 bits");
  if (effort == Effort::kFewRounds && window > 1) function_.emplace(dealing, count, window - 1);
  for (int digit = 0; digit < digits_; ++digit)
    threshold_planes_ += (std::size_t{1} << digit_bits(digit)) - 1;
}

// Digit 0 is the most significant; only it may be narrower than four bits.
int Comparison::digit_low(int digit) const { return (digits_ - 1 - digit) * kDigitBits; }
int Comparison::digit_bits(int digit) const { return std::min(kDigitBits, window_ - 1 - digit_low(digit)); }

void Comparison::deal(const Words& b) {
  Context& context = dealing_.context();
  Words thresholds, top;
  if (dealing_.roles().is_single()) {
    thresholds = context.words(threshold_planes_ * words_);
    top = context.words(words_);
    context.local([&] {
      std::vector<Word> planes(static_cast<std::size_t>(window_) * words_);
      bits::to_planes(planes, b.span(), 0, window_);
      Word* out = thresholds.mutable_span().data();
      for (int digit = 0; digit < digits_; ++digit) {
        threshold_planes(out, &planes[digit_low(digit) * words_], digit_bits(digit), words_);
        out += ((std::size_t{1} << digit_bits(digit)) - 1) * words_;
      }
      std::copy_n(&planes[(window_ - 1) * words_], words_, top.mutable_span().begin());
    });
  }
  thresholds_ = dealing_.planes(threshold_planes_ * words_, kThresholds, std::move(thresholds));
  top_bit_ = dealing_.planes(words_, kTopBit, std::move(top));
  merge_.deal();
  if (function_) function_->deal(b);
}

DigitPlanes Comparison::select(const Words& planes) const {
  Context& context = dealing_.context();
  DigitPlanes out{context.words(digits_ * words_), context.words(digits_ * words_)};
  context.local([&] {
    const Word* thresholds = thresholds_.span().data();
    const Word one = dealing_.roles().is_first() ? ~Word{0} : 0;
    for (int digit = 0; digit < digits_; ++digit) {
      select_digit(out.greater.mutable_span().data() + digit * words_,
                   out.equal.mutable_span().data() + digit * words_, thresholds,
                   planes.span().data() + digit_low(digit) * words_, digit_bits(digit), one, words_);
      thresholds += ((std::size_t{1} << digit_bits(digit)) - 1) * words_;
    }
  });
  return out;
}

Task<Words> Comparison::evaluate(Words a) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  Words planes = roles.in_pair() ? context.words(static_cast<std::size_t>(window_) * words_) : Words();
  DigitPlanes digits;
  if (roles.in_pair()) {
    context.local([&] { bits::to_planes(planes.mutable_span(), a.span(), 0, window_); });
    if (digits_ > 0) digits = select(planes);
  }
  Words carry = co_await merge_.evaluate(std::move(digits));
  if (roles.is_single()) co_return Words();
  if (function_) carry = function_->evaluate(a);
  Words result = context.words(words_);
  context.local([&] {
    const auto out = result.mutable_span();
    const auto top_a = planes.span().subspan((window_ - 1) * words_, words_);
    for (std::size_t w = 0; w < words_; ++w) {
      out[w] = top_bit_.span()[w] ^ (carry.has_data() ? carry.span()[w] : 0);
      if (roles.is_first()) out[w] ^= ~top_a[w];
    }
  });
  co_return result;
}

}  // namespace sotto::protocols::rep3
