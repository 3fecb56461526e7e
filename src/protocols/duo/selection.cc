#include "protocols/duo/selection.h"

#include "base/ring.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {

Selection::Selection(Supply& supply, std::size_t count, int window)
    : context_(supply.context()),
      count_(count),
      window_(window),
      products_{BitProducts(supply, 0, count, window), BitProducts(supply, 1, count, window)} {
  if (window < 64) wrap_.emplace(supply, 0, count, 64 - window);
}

// Meaningful modulo 2^w.
Task<Words> Selection::select(Words plane, Words part) {
  Words differences = context_.words(count_), own = context_.words(count_);
  context_.local([&] {
    const auto kept = own.mutable_span(), out = differences.mutable_span();
    bits::expand_mask(kept, plane.span());
    ring::bit_and(kept, kept, part.span());
    // (1 - 2 b) v
    ring::subtract(out, part.span(), kept);
    ring::subtract(out, out, kept);
  });
  std::vector<Task<Words>> tasks;
  for (const int sender : {0, 1})
    tasks.push_back(products_[sender].run(sender == context_.self() ? differences : plane));
  const std::vector<Words> shares = co_await when_all(std::move(tasks));
  context_.local([&] {
    const auto out = own.mutable_span();
    for (const Words& share : shares) ring::add(out, out, share.span());
  });
  co_return own;
}

// From shares modulo 2^w of a number below 2^(w-1).
Task<Words> Selection::widen(Words share) {
  Words wide = context_.words(count_), top = context_.words(count_), mine = top;
  context_.local([&] {
    ring::mask_low(wide.mutable_span(), share.span(), window_);
    ring::shift_right(top.mutable_span(), wide.span(), window_ - 1);
  });
  if (context_.self() == 1) {
    mine = context_.words(bits::words_for(count_));
    context_.local([&] { bits::collect(mine.mutable_span(), top.span()); });
  }
  const Words product = co_await wrap_->run(std::move(mine));
  context_.local([&] {
    // a b - a - b, of which each party has its share of a b and its own bit.
    ring::subtract(top.mutable_span(), product.span(), top.span());
    ring::accumulate_scaled(wide.mutable_span(), top.span(), ring::Element{1} << window_);
  });
  co_return wide;
}

Task<Words> Selection::run(Words plane, Words part) {
  Words share = co_await select(std::move(plane), std::move(part));
  if (wrap_) share = co_await widen(std::move(share));
  co_return share;
}

}  // namespace sotto::protocols::duo
