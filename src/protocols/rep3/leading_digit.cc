#include "protocols/rep3/leading_digit.h"

#include <algorithm>
#include <cstring>

#include "base/bits.h"
#include "base/ring.h"
#include "base/vectorized.h"
#include "protocols/rep3/planes.h"

namespace sotto::protocols::rep3 {

namespace {

using Set = MaskedProducts::Set;
using Vector [[gnu::may_alias]] = std::uint16_t;  // the one-hot vector of a digit, four to a word
constexpr int kGroup = 4;
constexpr int kSecond = LeadingDigit::kMostDigits;  // q of digit i is factor kSecond + i, x is factor i

Set range(int begin, int end) { return ((Set{1} << (end - begin)) - 1) << begin; }
// The factors that are products equal to "digits begin .. end of B are those of A' + 1" if `last` is the last
// that is not 15, or the first digit of all.
Set incremented(int begin, int last, int end) {
  return range(begin, last) | range(kSecond + last, kSecond + end);
}

SOTTO_VECTORIZED void one_hot(Vector* out, const Word* b, int low, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<Vector>(1u << ((b[i] >> low) & 15));
}

// Bit `digit` of selected: x; 16 bits up: q; 32 bits up: [digit of a is 15].
SOTTO_VECTORIZED void select_bits(Word* selected, const Word* a, const Vector* vectors, int low, int digit,
                                  std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t j = (a[i] >> low) & 15, vector = vectors[i];
    const Word x = (vector >> j) & 1, q = (vector >> ((j + 1) & 15)) & 1, full = (j + 1) >> 4;
    selected[i] |= (x | q << 16 | full << 32) << digit;
  }
}

using Groups = std::vector<DigitGroup>;

Groups groups_of(int digits) {
  const int count = (digits + kGroup - 1) / kGroup;
  Groups groups;
  for (int g = 0, begin = 0; g < count; ++g) {
    const int size = (digits - begin + count - g - 1) / (count - g);
    groups.push_back({begin, begin + size});
    begin += size;
  }
  return groups;
}

std::vector<Set> inner_sets(const Groups& groups) {
  std::vector<Set> sets;
  for (const auto& group : groups)
    for (int end = group.begin + 1; end <= group.end; ++end) {
      sets.push_back(range(group.begin, end));
      for (int last = group.begin; last < end; ++last) sets.push_back(incremented(group.begin, last, end));
    }
  return sets;
}

// Factor d: the prefix of its group up to digit d equal to that of A'; kSecond + d: equal to that of A' + 1.
// What enters group g: all before equal; or, if `last` < g is the last group with a digit that is not 15,
// that of A' + 1.
Set entering(const Groups& groups, std::size_t g, std::size_t last) {
  Set set = 0;
  for (std::size_t h = 0; h < g; ++h) set |= Set{1} << (groups[h].end - 1 + (h < last ? 0 : kSecond));
  return set;
}

std::vector<Set> outer_sets(const Groups& groups) {
  std::vector<Set> sets;
  for (std::size_t g = 1; g < groups.size(); ++g)
    for (int d = groups[g].begin; d < groups[g].end; ++d) {
      sets.push_back(entering(groups, g, g) | Set{1} << d);
      for (std::size_t last = 0; last <= g; ++last)
        sets.push_back(entering(groups, g, last) | Set{1} << (kSecond + d));
    }
  return sets;
}

// out ^= where & product
void accumulate_where(const MaskedProducts& products, Set set, const Word* where, Word* out,
                      std::size_t words) {
  std::vector<Word> product(words);
  products.accumulate(set, product.data());
  accumulate_and(out, product.data(), where, words);
}

// all[k] = AND of planes k .. end - 1, for k = begin .. end (the last one all ones).
std::vector<std::vector<Word>> suffix_ands(const std::vector<const Word*>& planes, std::size_t words) {
  std::vector<std::vector<Word>> all(planes.size() + 1, std::vector<Word>(words, ~Word{0}));
  for (std::size_t k = planes.size(); k-- > 0;)
    and_planes(all[k].data(), all[k + 1].data(), planes[k], words);
  return all;
}

// Where the last plane that is zero is plane k; or, for k = 0, none after the first.
std::vector<Word> last_zero(const std::vector<std::vector<Word>>& suffixes,
                            const std::vector<const Word*>& planes, std::size_t k, std::size_t words) {
  std::vector<Word> where = suffixes[k + 1];
  if (k > 0)
    for (std::size_t w = 0; w < words; ++w) where[w] &= ~planes[k][w];
  return where;
}

}  // namespace

LeadingDigit::LeadingDigit(Dealing& dealing, std::size_t count, int low_bit, int digits)
    : dealing_(dealing),
      count_(count),
      words_(bits::words_for(count)),
      low_bit_(low_bit),
      digits_(digits),
      groups_(groups_of(digits)),
      inner_(dealing, words_, inner_sets(groups_), {kDigitMaskFirst, kDigitMaskSecond, kDigitProducts}),
      outer_(dealing, words_, outer_sets(groups_), {kPrefixMaskFirst, kPrefixMaskSecond, kPrefixProducts}) {
  SOTTO_ASSERT(digits >= 1 && digits <= kMostDigits && low_bit >= 0 && low_bit + 4 * digits <= 64,
               "leading digits are searched among 1 to 16 within a word");
}

void LeadingDigit::deal(const Words& b) {
  Context& context = dealing_.context();
  const std::size_t lanes = static_cast<std::size_t>(digits_) * count_;
  const std::size_t words = (lanes + 3) / 4;
  Words values;
  if (dealing_.roles().is_single()) {
    values = context.words(words);
    context.local([&] {
      values.mutable_span().back() = 0;
      auto* vectors = reinterpret_cast<Vector*>(values.mutable_span().data());
      for (int digit = 0; digit < digits_; ++digit)
        one_hot(vectors + static_cast<std::size_t>(digit) * count_, b.span().data(),
                low_bit_ + 4 * (digits_ - 1 - digit), count_);
    });
  }
  vectors_ = dealing_.planes(words, kDigitVectors, std::move(values));
  inner_.deal();
  outer_.deal();
}

Words LeadingDigit::select(const Words& a) {
  Words planes = dealing_.context().words(2 * kSecond * words_);
  dealing_.context().local([&] {
    std::vector<Word> minus_a(count_), selected(count_);
    ring::negate(minus_a, a.span());
    const auto* vectors = reinterpret_cast<const Vector*>(vectors_.span().data());
    for (int digit = 0; digit < digits_; ++digit)
      select_bits(selected.data(), minus_a.data(), vectors + static_cast<std::size_t>(digit) * count_,
                  low_bit_ + 4 * (digits_ - 1 - digit), digit, count_);
    bits::to_planes(planes.mutable_span(), selected, 0, 2 * kSecond);
    full_.resize(kSecond * words_);
    bits::to_planes(full_, selected, 2 * kSecond, kSecond);
  });
  return planes;
}

// Planes d and kSecond + d: the factors of across_groups().
Words LeadingDigit::within_groups() const {
  Words prefixes = dealing_.context().words(2 * kSecond * words_);
  dealing_.context().local([&] {
    Word* const out = prefixes.mutable_span().data();
    std::memset(out, 0, prefixes.size() * sizeof(Word));
    for (const DigitGroup& group : groups_) {
      std::vector<const Word*> full;
      for (int end = group.begin + 1; end <= group.end; ++end) {
        full.push_back(&full_[static_cast<std::size_t>(end - 1) * words_]);
        inner_.accumulate(range(group.begin, end), out + static_cast<std::size_t>(end - 1) * words_);
        const auto suffixes = suffix_ands(full, words_);
        for (std::size_t k = 0; k < full.size(); ++k)
          accumulate_where(inner_, incremented(group.begin, group.begin + static_cast<int>(k), end),
                           last_zero(suffixes, full, k, words_).data(),
                           out + static_cast<std::size_t>(kSecond + end - 1) * words_, words_);
      }
    }
  });
  return prefixes;
}

Words LeadingDigit::across_groups(const Words& prefixes) const {
  Words small = dealing_.context().words(static_cast<std::size_t>(digits_) * words_);
  dealing_.context().local([&] {
    const Word* in = prefixes.span().data();
    Word* const out = small.mutable_span().data();
    for (int d = 0; d < groups_[0].end; ++d)
      xor_planes(out + static_cast<std::size_t>(d) * words_, in + static_cast<std::size_t>(d) * words_,
                 in + static_cast<std::size_t>(kSecond + d) * words_, words_);
    // For each group before: all its digits are 15.
    std::vector<std::vector<Word>> full_groups;
    std::vector<const Word*> full;
    for (std::size_t g = 1; g < groups_.size(); ++g) {
      full_groups.emplace_back(words_, ~Word{0});
      for (int d = groups_[g - 1].begin; d < groups_[g - 1].end; ++d)
        and_planes(full_groups.back().data(), full_groups.back().data(),
                   &full_[static_cast<std::size_t>(d) * words_], words_);
      full.clear();
      for (const auto& plane : full_groups) full.push_back(plane.data());
      std::vector<Word> own(words_, ~Word{0});  // all of this group's digits so far are 15
      for (int d = groups_[g].begin; d < groups_[g].end; ++d) {
        Word* const bit = out + static_cast<std::size_t>(d) * words_;
        std::memset(bit, 0, words_ * sizeof(Word));
        outer_.accumulate(entering(groups_, g, g) | Set{1} << d, bit);
        and_planes(own.data(), own.data(), &full_[static_cast<std::size_t>(d) * words_], words_);
        std::vector<Word> where(words_);
        for (std::size_t w = 0; w < words_; ++w) where[w] = ~own[w];
        const Set second = Set{1} << (kSecond + d);
        accumulate_where(outer_, entering(groups_, g, g) | second, where.data(), bit, words_);
        const auto suffixes = suffix_ands(full, words_);
        for (std::size_t last = 0; last < g; ++last) {
          where = last_zero(suffixes, full, last, words_);
          and_planes(where.data(), where.data(), own.data(), words_);
          accumulate_where(outer_, entering(groups_, g, last) | second, where.data(), bit, words_);
        }
      }
    }
  });
  return small;
}

Task<Words> LeadingDigit::evaluate(Words a) {
  const bool pair = dealing_.roles().in_pair();
  co_await inner_.open(pair ? select(a) : Words());
  const Words prefixes = pair ? within_groups() : Words();
  if (groups_.size() > 1) co_await outer_.open(prefixes);
  co_return pair ? across_groups(prefixes) : Words();
}

}  // namespace sotto::protocols::rep3
