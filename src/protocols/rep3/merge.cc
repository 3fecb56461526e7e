#include "protocols/rep3/merge.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/vectorized.h"
#include "protocols/rep3/planes.h"

namespace sotto::protocols::rep3 {

namespace {

// out ^= p & ((gamma & m) ^ nm)
SOTTO_VECTORIZED void accumulate_term(Word* out, const Word* p, const Word* gamma, const Word* m,
                                      const Word* nm, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) out[w] ^= p[w] & ((gamma[w] & m[w]) ^ nm[w]);
}
// One group's view of its planes at one of the pair.
struct GroupShares {
  const Group& group;
  std::size_t words;
  const Word* opened;    // opened() planes: equals, then greaters from digit 1
  const Word* masks;     // own shares of the same
  const Word* products;  // own shares
  bool adds_public;      // exactly one of the pair adds terms without a shared factor

  const Word* equal_product(unsigned set, const Word* one) const {
    if (set == 0) return one;
    if (std::has_single_bit(set)) return masks + std::countr_zero(set) * words;
    unsigned index = 0;
    for (unsigned s = 3; s < set; ++s) index += !std::has_single_bit(s);
    return products + index * words;
  }
  const Word* greater_product(int digit, unsigned set) const {
    if (set == 0) return masks + (group.equal_masks() + digit - 1) * words;
    std::size_t index = (1u << group.equal_masks()) - 1 - group.equal_masks();
    for (int i = 1; i < digit; ++i) index += (1u << i) - 1;
    return products + (index + set - 1) * words;
  }
};

void combine_group(const GroupShares& shares, const Word* greater_in, Word* greater_out, Word* equal_out) {
  const Group& group = shares.group;
  const std::size_t words = shares.words;
  const std::vector<Word> one(words, shares.adds_public ? ~Word{0} : 0);
  const std::vector<Word> open_products = subset_products(shares.opened, group.equal_masks(), words);
  std::memcpy(greater_out, greater_in, words * sizeof(Word));
  for (int digit = 1; digit < group.size; ++digit) {
    const unsigned above = (1u << digit) - 1;
    const Word* gamma = shares.opened + (group.equal_masks() + digit - 1) * words;
    for (unsigned set = 0; set <= above; ++set)
      accumulate_term(greater_out, &open_products[(above & ~set) * words], gamma,
                      shares.equal_product(set, one.data()), shares.greater_product(digit, set), words);
  }
  if (!group.wants_equal) return;
  const unsigned all = (1u << group.size) - 1;
  std::memset(equal_out, 0, words * sizeof(Word));
  for (unsigned set = 0; set <= all; ++set)
    accumulate_and(equal_out, &open_products[(all & ~set) * words], shares.equal_product(set, one.data()),
                   words);
}

}  // namespace

Levels merge_levels(int digits, int most) {
  Levels levels;
  while (digits > 1) {
    const int groups = (digits + most - 1) / most;
    std::vector<Group> level;
    std::size_t begin = 0;
    for (int g = 0; g < groups; ++g) {
      const int size = (digits - static_cast<int>(begin) + groups - g - 1) / (groups - g);
      level.push_back({begin, size, g + 1 < groups});
      begin += size;
    }
    levels.push_back(std::move(level));
    digits = groups;
  }
  return levels;
}

Merge::Merge(Dealing& dealing, std::size_t words, int digits, Effort effort)
    : dealing_(dealing), words_(words), levels_(merge_levels(digits, effort == Effort::kFewBytes ? 4 : 8)) {
  for (const auto& level : levels_)
    for (const Group& group : level) {
      mask_planes_ += group.opened();
      product_planes_ += group.products();
    }
}

Words Merge::products_at_single(const Words& first_masks, const Words& second_masks) const {
  Words products = dealing_.context().words(product_planes_ * words_);
  dealing_.context().local([&] {
    std::vector<Word> masks(mask_planes_ * words_);
    xor_planes(masks.data(), first_masks.span().data(), second_masks.span().data(), masks.size());
    Word* out = products.mutable_span().data();
    const Word* in = masks.data();
    for (const auto& level : levels_)
      for (const Group& group : level) {
        const std::vector<Word> equals = subset_products(in, group.equal_masks(), words_);
        for (unsigned set = 3; set < (1u << group.equal_masks()); ++set) {
          if (std::has_single_bit(set)) continue;
          std::memcpy(out, &equals[set * words_], words_ * sizeof(Word));
          out += words_;
        }
        for (int digit = 1; digit < group.size; ++digit)
          for (unsigned set = 1; set < (1u << digit); ++set, out += words_)
            and_planes(out, &equals[set * words_], in + (group.equal_masks() + digit - 1) * words_, words_);
        in += group.opened() * words_;
      }
  });
  return products;
}

void Merge::deal() {
  if (levels_.empty()) return;
  const std::size_t mask_words = mask_planes_ * words_;
  const Words first = dealing_.first_random(mask_words, kMergeMaskFirst);
  const Words second = dealing_.second_random(mask_words, kMergeMaskSecond);
  masks_ = dealing_.roles().is_second() ? second : first;
  Words values = dealing_.roles().is_single() ? products_at_single(first, second) : Words();
  products_ = dealing_.planes(product_planes_ * words_, kMergeProducts, std::move(values));
}

Task<DigitPlanes> Merge::evaluate_level(const std::vector<Group>& groups, const DigitPlanes& in,
                                        std::size_t mask_plane, std::size_t product_plane) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  std::size_t opened_planes = 0;
  for (const Group& group : groups) opened_planes += group.opened();
  Words mine = context.words(opened_planes * words_);
  if (roles.in_pair())
    context.local([&] {
      Word* out = mine.mutable_span().data();
      const Word* mask = masks_.span().data() + mask_plane * words_;
      auto add = [&](const Word* plane) {
        xor_planes(out, plane, mask, words_);
        out += words_;
        mask += words_;
      };
      for (const Group& group : groups) {
        for (int i = 0; i < group.equal_masks(); ++i)
          add(in.equal.span().data() + (group.first_input + i) * words_);
        for (int i = 1; i < group.size; ++i) add(in.greater.span().data() + (group.first_input + i) * words_);
      }
    });
  const Words theirs = exchange(context, roles, mine, mine.size() * sizeof(Word));
  co_await context.next_round();
  if (roles.is_single()) co_return DigitPlanes{};
  DigitPlanes out{context.words(groups.size() * words_), context.words(groups.size() * words_)};
  context.local([&] {
    Word* opened = mine.mutable_span().data();
    xor_planes(opened, opened, theirs.span().data(), mine.size());
    std::size_t open_at = 0, product_at = product_plane;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const Group& group = groups[g];
      const GroupShares shares{group,
                               words_,
                               opened + open_at * words_,
                               masks_.span().data() + (mask_plane + open_at) * words_,
                               products_.span().data() + product_at * words_,
                               roles.is_first()};
      combine_group(shares, in.greater.span().data() + group.first_input * words_,
                    out.greater.mutable_span().data() + g * words_,
                    out.equal.mutable_span().data() + g * words_);
      open_at += group.opened();
      product_at += group.products();
    }
  });
  co_return out;
}

Task<Words> Merge::evaluate(DigitPlanes digits) {
  std::size_t mask_plane = 0, product_plane = 0;
  for (const auto& level : levels_) {
    digits = co_await evaluate_level(level, digits, mask_plane, product_plane);
    for (const Group& group : level) {
      mask_plane += group.opened();
      product_plane += group.products();
    }
  }
  co_return digits.greater;
}

}  // namespace sotto::protocols::rep3
