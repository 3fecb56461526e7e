#include "protocols/rep3/dealt_function.h"

#include "base/bits.h"
#include "crypto/dpf/comparison_function.h"

namespace sotto::protocols::rep3 {

namespace {

std::span<const dpf::Block> blocks(const Words& words) {
  return {reinterpret_cast<const dpf::Block*>(words.span().data()), words.size() / 2};
}

}  // namespace

void DealtFunction::deal(const Words& b) {
  Context& context = dealing_.context();
  const Roles& roles = dealing_.roles();
  first_seeds_ = dealing_.first_random(2 * count_, kFunctionSeedFirst);
  second_seeds_ = dealing_.second_random(2 * count_, kFunctionSeedSecond);
  corrections_ = context.words(dpf::correction_words(count_, bits_));
  const std::size_t bytes = corrections_.size() * sizeof(std::uint64_t);
  if (!roles.is_single()) {
    context.rounds().receive(roles.single, corrections_.mutable_span().data(), bytes);
    return;
  }
  context.local([&] {
    Words alpha = Words::allocate(count_);
    const std::uint64_t low = (std::uint64_t{1} << bits_) - 1;
    for (std::size_t i = 0; i < count_; ++i) alpha.mutable_span()[i] = ~b.span()[i] & low;
    dpf::generate(alpha.span(), bits_, blocks(first_seeds_), blocks(second_seeds_),
                  corrections_.mutable_span());
  });
  context.rounds().send(roles.first(), corrections_.span().data(), bytes);
  context.rounds().send(roles.second(), corrections_.span().data(), bytes);
}

Words DealtFunction::evaluate(const Words& a) const {
  Context& context = dealing_.context();
  const bool first = dealing_.roles().is_first();
  Words plane = context.words(bits::words_for(count_));
  context.local([&] {
    dpf::evaluate(first ? 0 : 1, a.span(), bits_, blocks(first ? first_seeds_ : second_seeds_),
                  corrections_.span(), plane.mutable_span());
  });
  return plane;
}

}  // namespace sotto::protocols::rep3
