#include "protocols/duo/carry_chain.h"

#include <algorithm>

#include "base/ring.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {

// Of the first place only the second party sends: claims_[1] begins with it.
CarryChain::CarryChain(Supply& supply, std::size_t count, int window)
    : supply_(supply), count_(count), words_(bits::words_for(count)), window_(window) {
  SOTTO_ASSERT(window >= 1 && window <= 64, "a window has 1 to 64 bits");
  if (window == 1) return;
  claims_[1] = supply.claim_bits(1, size());
  claims_[0] = supply.claim_bits(0, size() - words_);
}

// The message for all places, and what follows from it.
Task<CarryChain::Places> CarryChain::prepare(const Words& part) {
  const Context& context = supply_.context();
  const bool first = context.self() == 0;
  const std::size_t all = size(), later = all - words_;
  Places places{context.words(all), context.words(all), context.words(all)};
  Words message = context.words(all), theirs = context.words(all);
  Supply::Bits sent, received;  // pads and differences; choices and pads
  context.local([&] {
    bits::to_planes(places.own.mutable_span(), part.span(), 0, window_ - 1);
    sent = supply_.sent_bits(claims_[context.self()]);
    received = supply_.received_bits(claims_[1 - context.self()]);
    const auto own = places.own.span(), choices = received.first, differences = sent.second;
    const auto out = message.mutable_span(), masks = places.masks.mutable_span();
    std::ranges::fill(masks.first(words_), 0);
    if (first) {
      ring::exclusive_or(out.first(words_), own.first(words_), choices.first(words_));
      ring::exclusive_or(out.subspan(words_), own.subspan(words_), differences);
      ring::exclusive_or(masks.subspan(words_), own.subspan(words_), choices.subspan(words_));
    } else {
      ring::exclusive_or(out, own, differences);
      std::ranges::copy(choices, masks.begin() + static_cast<std::ptrdiff_t>(words_));
    }
  });
  context.rounds().send(1 - context.self(), message.span().data(), all * sizeof(Word));
  context.rounds().receive(1 - context.self(), theirs.mutable_span().data(), all * sizeof(Word));
  co_await context.next_round();
  context.local([&] {
    const Word *own = places.own.span().data(), *masks = places.masks.span().data(),
               *message_of_peer = theirs.span().data();
    Word* known = places.known.mutable_span().data();
    // What was sent and what was received; the second party has no choice in the first place, nor the first
    // party a pad to send under.
    for (std::size_t i = 0; i < words_; ++i)
      known[i] = first ? received.second[i] ^ (received.first[i] & message_of_peer[i])
                       : sent.first[i] ^ (message_of_peer[i] & own[i]);
    const std::size_t skip_received = first ? words_ : 0, skip_sent = first ? 0 : words_;
    const Word *choices = received.first.data() + skip_received,
               *received_pads = received.second.data() + skip_received,
               *sent_pads = sent.first.data() + skip_sent;
    for (std::size_t i = 0; i < later; ++i) {
      const std::size_t at = words_ + i;
      known[at] =
          received_pads[i] ^ (choices[i] & message_of_peer[at]) ^ sent_pads[i] ^ (masks[at] & own[at]);
    }
  });
  co_return places;
}

Task<Words> CarryChain::run(Words part) {
  Context& context = supply_.context();
  if (window_ == 1) co_return sign_plane(supply_.context(), part, {}, window_, count_);
  if (supply_.half_ready()) co_await context.next_round();
  const Places places = co_await prepare(part);
  Words carry = context.words(words_), mine = context.words(words_), theirs = context.words(words_);
  context.local([&] { std::ranges::copy(places.known.span().first(words_), carry.mutable_span().begin()); });
  for (std::size_t at = words_; at < size(); at += words_) {
    context.local([&] {
      ring::exclusive_or(mine.mutable_span(), carry.span(), places.masks.span().subspan(at, words_));
    });
    context.rounds().send(1 - context.self(), mine.span().data(), words_ * sizeof(Word));
    context.rounds().receive(1 - context.self(), theirs.mutable_span().data(), words_ * sizeof(Word));
    co_await context.next_round();
    context.local([&] {
      const Word *own = places.own.span().data() + at, *known = places.known.span().data() + at;
      for (std::size_t i = 0; i < words_; ++i) {
        const Word open = mine.span()[i] ^ theirs.span()[i];
        carry.mutable_span()[i] = (open & own[i]) ^ known[i];
      }
    });
  }
  co_return sign_plane(supply_.context(), part, carry, window_, count_);
}

}  // namespace sotto::protocols::duo
