#include "protocols/duo/conjunction.h"

#include <algorithm>
#include <cstring>

#include "base/ring.h"
#include "base/threads.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {
namespace {

// Words made at a time: their pads stay near.
constexpr std::size_t kGroupWords = 16;

}  // namespace

Conjunction::Conjunction(Supply& supply, std::size_t words, std::size_t second_words)
    : supply_(supply), words_(words), second_words_(second_words) {
  for (const int sender : {0, 1}) claims_[sender] = supply.claim(sender, 64 * words);
}

void Conjunction::make_word(Triples& triples, std::size_t word, std::span<const ot::Block> zero,
                            std::span<const ot::Block> one, std::span<const ot::Block> chosen,
                            std::span<const ot::Block> received) const {
  Word a = 0, b[2] = {0, 0}, cross[2] = {0, 0};
  for (std::size_t i = 0; i < 64; ++i) {
    const Word difference = zero[i].low ^ one[i].low, sum = zero[i].low ^ chosen[i].low;
    a |= (received[i].low & 1) << i;
    b[0] |= (difference & 1) << i;
    b[1] |= (difference >> 1 & 1) << i;
    cross[0] |= (sum & 1) << i;
    cross[1] |= (sum >> 1 & 1) << i;
  }
  triples.a.mutable_span()[word] = a;
  triples.b.mutable_span()[word] = b[0];
  triples.product.mutable_span()[word] = cross[0] ^ (a & b[0]);
  const std::size_t skipped = words_ - second_words_;
  if (word < skipped) return;
  const std::size_t second = words_ + word - skipped;
  triples.b.mutable_span()[second] = b[1];
  triples.product.mutable_span()[second] = cross[1] ^ (a & b[1]);
}

Conjunction::Triples Conjunction::make() const {
  const Context& context = supply_.context();
  Triples triples{context.words(words_), context.words(all_words()), context.words(all_words())};
  const Supply::Claim &mine = claims_[context.self()], &theirs = claims_[1 - context.self()];
  supply_.sent(mine);
  parallel_for((words_ + kGroupWords - 1) / kGroupWords, 16, [&](std::size_t begin, std::size_t end) {
    ot::Block zero[64 * kGroupWords], one[64 * kGroupWords], chosen[64 * kGroupWords];
    for (std::size_t group = begin; group < end; ++group) {
      const std::size_t first = group * kGroupWords, count = std::min(kGroupWords, words_ - first);
      const ot::SentBlocks sent = supply_.sent(mine, 64 * first, 64 * count);
      const ot::ReceivedBlocks received = supply_.received(theirs, 64 * first, 64 * count);
      ot::pads({zero, 64 * count}, {one, 64 * count}, sent);
      ot::pads({chosen, 64 * count}, received);
      for (std::size_t w = 0; w < count; ++w)
        make_word(triples, first + w, {zero + 64 * w, 64}, {one + 64 * w, 64}, {chosen + 64 * w, 64},
                  received.blocks.subspan(64 * w, 64));
    }
  });
  return triples;
}

Task<Words> Conjunction::run(Words x, Words y, Words z) {
  Context& context = supply_.context();
  const std::size_t words = words_ + all_words();
  Words opened = context.words(words), theirs = context.words(words);
  Triples triples;
  context.local([&] {
    triples = make();
    const auto out = opened.mutable_span();
    ring::exclusive_or(out.first(words_), x.span(), triples.a.span());
    ring::exclusive_or(out.subspan(words_, words_), y.span(), triples.b.span().first(words_));
    ring::exclusive_or(out.subspan(2 * words_), z.span(), triples.b.span().subspan(words_));
  });
  context.rounds().send(1 - context.self(), opened.span().data(), words * sizeof(Word));
  context.rounds().receive(1 - context.self(), theirs.mutable_span().data(), words * sizeof(Word));
  co_await context.next_round();
  Words result = triples.product;
  context.local([&] {
    ring::exclusive_or(opened.mutable_span(), opened.span(), theirs.span());
    const Word *masked_x = opened.span().data(), *a = triples.a.span().data();
    const Word first = context.self() == 0 ? ~Word{0} : 0;
    for (std::size_t i = 0; i < all_words(); ++i) {
      const std::size_t at = i < words_ ? i : i - second_words_;
      const Word masked_y = opened.span()[words_ + i];
      result.mutable_span()[i] ^=
          (masked_x[at] & (triples.b.span()[i] ^ (masked_y & first))) ^ (a[at] & masked_y);
    }
  });
  if (context.counting()) result = Words::shape_only(all_words());
  co_return result;
}

}  // namespace sotto::protocols::duo
