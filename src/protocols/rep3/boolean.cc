#include "protocols/rep3/boolean.h"

#include <bit>
#include <cstring>

#include "base/bits.h"
#include "protocols/rep3/planes.h"
#include "protocols/rep3/resharing.h"

namespace sotto::protocols::rep3 {

namespace {

// Columns of a [rows, columns] bit matrix as planes over the rows of the chunk.
std::vector<Word> columns_of(const Words& packed, std::size_t columns, const Chunk& chunk) {
  const std::size_t words = bits::words_for(chunk.size());
  std::vector<Word> planes(columns * words);
  if (packed.is_zero()) return planes;
  const auto in = packed.span();
  for (std::size_t i = 0; i < chunk.size(); ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const std::size_t bit = (chunk.begin + i) * columns + j;
      planes[j * words + i / 64] |= (in[bit / 64] >> (bit % 64) & 1) << (i % 64);
    }
  return planes;
}

class AllOfChunk {
 public:
  AllOfChunk(Context& context, const Site& site, const Share& bits, std::size_t columns, const Chunk& chunk)
      : context_(context),
        bits_(bits),
        columns_(columns),
        chunk_(chunk),
        words_(bits::words_for(chunk.size())),
        dealing_(context, site, chunk) {}

  Task<void> run(const Output& output) {
    const Roles& roles = dealing_.roles();
    deal();
    const Words first = dealing_.first_random(words_, kBitFirst);
    const Words second = dealing_.second_random(words_, kBitSecond);
    context_.local([&] {
      if (!roles.is_second()) clear_tail(first.mutable_span(), chunk_.size());
      if (!roles.is_first()) clear_tail(second.mutable_span(), chunk_.size());
    });
    co_await context_.next_round();
    Words mine = context_.words(words_);
    if (roles.in_pair()) context_.local([&] { combine(mine, roles.is_first() ? first : second); });
    const Words theirs = exchange(context_, roles, mine, words_ * sizeof(Word));
    co_await context_.next_round();
    const Chunk at{chunk_.begin / 64, chunk_.begin / 64 + words_, chunk_.single, chunk_.index};
    context_.local([&] {
      if (!roles.is_second()) std::ranges::copy(first.span(), output.at(roles.first_part(), at).begin());
      if (!roles.is_first()) std::ranges::copy(second.span(), output.at(roles.second_part(), at).begin());
      if (roles.in_pair()) ring::exclusive_or(output.at(roles.pair_part(), at), mine.span(), theirs.span());
    });
  }

 private:
  void deal() {
    const std::size_t subsets = (std::size_t{1} << columns_) - 1 - columns_;
    Words values;
    if (dealing_.roles().is_single()) {
      values = context_.words(subsets * words_);
      context_.local([&] {
        std::vector<Word> r = columns_of(bits_.parts[0], columns_, chunk_);
        const std::vector<Word> other = columns_of(bits_.parts[1], columns_, chunk_);
        for (std::size_t w = 0; w < r.size(); ++w) r[w] ^= other[w];
        const std::vector<Word> products = subset_products(r.data(), columns_, words_);
        Word* out = values.mutable_span().data();
        for (std::size_t set = 3; set < (std::size_t{1} << columns_); ++set) {
          if (std::has_single_bit(set)) continue;
          std::memcpy(out, &products[set * words_], words_ * sizeof(Word));
          out += words_;
        }
      });
    }
    products_ = dealing_.planes(subsets * words_, kSubsets, std::move(values));
  }

  // This party's XOR share of the product, masked.
  void combine(Words mine, const Words& mask) const {
    const Roles& roles = dealing_.roles();
    const std::vector<Word> c = columns_of(bits_.parts[roles.pair_part()], columns_, chunk_);
    const std::vector<Word> r = columns_of(
        bits_.parts[roles.is_first() ? roles.first_part() : roles.second_part()], columns_, chunk_);
    const std::vector<Word> opened = subset_products(c.data(), columns_, words_);
    const std::size_t all = (std::size_t{1} << columns_) - 1;
    Word* out = mine.mutable_span().data();
    std::memcpy(out, mask.span().data(), words_ * sizeof(Word));
    if (roles.is_first())
      for (std::size_t w = 0; w < words_; ++w) out[w] ^= opened[all * words_ + w];
    const Word* dealt = products_.span().data();
    for (std::size_t set = 1; set <= all; ++set) {
      const bool single_bit = std::has_single_bit(set);
      const Word* factor = single_bit ? &r[static_cast<std::size_t>(std::countr_zero(set)) * words_] : dealt;
      accumulate_and(out, &opened[(all & ~set) * words_], factor, words_);
      if (!single_bit) dealt += words_;
    }
    clear_tail(mine.mutable_span(), chunk_.size());
  }

  Context& context_;
  const Share& bits_;
  std::size_t columns_;
  const Chunk& chunk_;
  std::size_t words_;
  Dealing dealing_;
  Words products_;
};

Task<void> all_of_chunk(Context& context, const Site& site, const Share& bits, std::size_t columns,
                        Chunk chunk, const Output& output) {
  AllOfChunk work(context, site, bits, columns, chunk);
  co_await work.run(output);
}

Task<void> from_bits_chunk(Context& context, const Site& site, const Share& bits, ring::Element scale,
                           Chunk chunk, const Output& output) {
  Dealing dealing(context, site, chunk);
  const Roles& roles = dealing.roles();
  const std::size_t count = chunk.size();
  auto plane = [&](int part) {
    return bits.parts[part].materialised().slice(chunk.begin / 64, bits::words_for(count));
  };
  Words value = roles.is_single() ? context.words(count) : Words();
  if (roles.is_single())
    context.local([&] {
      Words r = Words::allocate(bits::words_for(count));
      ring::exclusive_or(r.mutable_span(), plane(0).span(), plane(1).span());
      bits::expand(value.mutable_span(), r.span());
      ring::scale(value.mutable_span(), value.span(), scale);
    });
  const Words dealt = dealing.elements(count, kDealtBit, std::move(value));
  co_await context.next_round();
  Words mine = context.words(count), common = context.words(count);
  if (roles.in_pair())
    context.local([&] {
      bits::expand_mask(common.mutable_span(), plane(roles.pair_part()).span());
      for (std::size_t i = 0; i < count; ++i) {
        const Word c = common.span()[i];
        mine.mutable_span()[i] = (dealt.span()[i] ^ c) - c;
        common.mutable_span()[i] = c & scale;
      }
    });
  Resharing().draw(dealing, chunk, output);
  co_await share_again(dealing, chunk, std::move(mine), output, std::move(common));
}

}  // namespace

Task<Share> all_of_last_axis(Context& context, Share bits) {
  SOTTO_ASSERT(!bits.shape.empty() && bits.shape.back() >= 1 && bits.shape.back() <= 9,
               "all_of takes 1 to 9 bits");
  const auto columns = static_cast<std::size_t>(bits.shape.back());
  Shape shape(bits.shape.begin(), bits.shape.end() - 1);
  if (columns == 1) co_return bits.reshaped(std::move(shape));
  const Site site = context.begin();
  const auto count = static_cast<std::size_t>(element_count(shape));
  const std::size_t words = bits::words_for(count);
  const Output output{{context.words(words), context.words(words)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& chunk : cut(count, 64, site))
    tasks.push_back(all_of_chunk(context, site, bits, columns, chunk, output));
  co_await when_all(std::move(tasks));
  co_return Share{Kind::kBoolean, std::move(shape), {output.part[0], output.part[1]}, nullptr};
}

Task<Share> from_bits(Context& context, Share bits, ring::Element scale) {
  const Site site = context.begin();
  const std::size_t count = bits.elements();
  const Output output{{context.words(count), context.words(count)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& chunk : cut(count, 64, site))
    tasks.push_back(from_bits_chunk(context, site, bits, scale, chunk, output));
  co_await when_all(std::move(tasks));
  co_return Share{Kind::kArithmetic, bits.shape, {output.part[0], output.part[1]}, nullptr};
}

Share complement(const Context& context, const Share& bits) {
  Share result{Kind::kBoolean, bits.shape, bits.parts, nullptr};
  // Component 0 is flipped: the second part of party 1, the first of party 2.
  if (context.self() == 0) return result;
  Words& part = result.parts[context.self() == 1 ? 1 : 0];
  const Words before = part.materialised();
  part = context.words(before.size());
  context.local([&] {
    for (std::size_t w = 0; w < part.size(); ++w) part.mutable_span()[w] = ~before.span()[w];
    clear_tail(part.mutable_span(), bits.elements());
  });
  return result;
}

}  // namespace sotto::protocols::rep3
