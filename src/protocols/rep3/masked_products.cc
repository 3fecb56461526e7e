#include "protocols/rep3/masked_products.h"

#include <bit>
#include <cstring>

#include "protocols/rep3/planes.h"

namespace sotto::protocols::rep3 {

namespace {

template <class Function>
void for_each_factor(MaskedProducts::Set set, Function&& function) {
  for (; set != 0; set &= set - 1) function(std::countr_zero(set));
}

bool is_single(MaskedProducts::Set set) { return std::has_single_bit(set); }

}  // namespace

MaskedProducts::MaskedProducts(Dealing& dealing, std::size_t words, const std::vector<Set>& sets,
                               Purposes purposes)
    : dealing_(dealing), words_(words), purposes_(purposes) {
  for (const Set set : sets) {
    if (is_single(set)) continue;
    for_each_factor(set, [&](int factor) { opened_.emplace(factor, 0); });
    for (Set subset = set; subset != 0; subset = (subset - 1) & set)
      if (!is_single(subset)) products_.emplace(subset, 0);
  }
  std::size_t plane = 0;
  for (auto& [factor, at] : opened_) at = plane++;
  plane = 0;
  for (auto& [set, at] : products_) at = plane++;
}

Words MaskedProducts::products_at_single(const Words& first, const Words& second) const {
  Words values = dealing_.context().words(products_.size() * words_);
  dealing_.context().local([&] {
    std::vector<Word> masks(opened_.size() * words_);
    xor_planes(masks.data(), first.span().data(), second.span().data(), masks.size());
    Word* const out = values.mutable_span().data();
    // Without its lowest factor a set is smaller, hence computed before.
    for (const auto& [set, at] : products_) {
      const Set rest = set & (set - 1);
      const Word* left = &masks[opened_.at(std::countr_zero(set)) * words_];
      const Word* right = is_single(rest) ? &masks[opened_.at(std::countr_zero(rest)) * words_]
                                          : out + products_.at(rest) * words_;
      SOTTO_ASSERT(is_single(rest) || rest < set, "products are dealt from small to large");
      and_planes(out + at * words_, left, right, words_);
    }
  });
  return values;
}

void MaskedProducts::deal() {
  if (opened_.empty()) return;
  const std::size_t mask_words = opened_.size() * words_;
  const Words first = dealing_.first_random(mask_words, purposes_.first_masks);
  const Words second = dealing_.second_random(mask_words, purposes_.second_masks);
  masks_ = dealing_.roles().is_second() ? second : first;
  Words values = dealing_.roles().is_single() ? products_at_single(first, second) : Words();
  dealt_ = dealing_.planes(products_.size() * words_, purposes_.products, std::move(values));
}

Task<void> MaskedProducts::open(Words factors) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  factors_ = std::move(factors);
  if (opened_.empty()) co_return;
  opened_planes_ = context.words(opened_.size() * words_);
  if (roles.in_pair())
    context.local([&] {
      for (const auto& [factor, at] : opened_)
        xor_planes(opened_planes_.mutable_span().data() + at * words_,
                   factors_.span().data() + static_cast<std::size_t>(factor) * words_,
                   masks_.span().data() + at * words_, words_);
    });
  const Words theirs = exchange(context, roles, opened_planes_, opened_planes_.size() * sizeof(Word));
  co_await context.next_round();
  if (!roles.in_pair()) co_return;
  context.local([&] {
    Word* opened = opened_planes_.mutable_span().data();
    xor_planes(opened, opened, theirs.span().data(), opened_planes_.size());
    one_.assign(words_, roles.is_first() ? ~Word{0} : 0);
  });
}

const Word* MaskedProducts::share_of(Set masks) const {
  if (masks == 0) return one_.data();
  if (is_single(masks)) return masks_.span().data() + opened_.at(std::countr_zero(masks)) * words_;
  return dealt_.span().data() + products_.at(masks) * words_;
}

void MaskedProducts::accumulate(Set set, Word* out) const {
  if (is_single(set)) {
    const auto plane = static_cast<std::size_t>(std::countr_zero(set)) * words_;
    return xor_planes(out, out, factors_.span().data() + plane, words_);
  }
  std::vector<Word> term(words_);
  for (Set masks = set;; masks = (masks - 1) & set) {
    std::memcpy(term.data(), share_of(masks), words_ * sizeof(Word));
    for_each_factor(set & ~masks, [&](int factor) {
      and_planes(term.data(), term.data(), opened_planes_.span().data() + opened_.at(factor) * words_,
                 words_);
    });
    xor_planes(out, out, term.data(), words_);
    if (masks == 0) break;
  }
}

}  // namespace sotto::protocols::rep3
