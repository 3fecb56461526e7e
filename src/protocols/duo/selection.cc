#include "protocols/duo/selection.h"

#include "base/ring.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {

Task<Words> Selection::run(Words plane, Words part) {
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

}  // namespace sotto::protocols::duo
