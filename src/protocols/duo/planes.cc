#include "protocols/duo/planes.h"

#include "base/ring.h"

namespace sotto::protocols::duo {

Words sign_plane(const Context& context, const Words& part, const Words& carry, int window,
                 std::size_t count) {
  Words plane = context.words(bits::words_for(count));
  context.local([&] {
    const auto out = plane.mutable_span();
    plane_of(out, part.span(), window - 1);
    if (carry.size() > 0) ring::exclusive_or(out, out, carry.span());
    if (context.self() == 0)
      for (Word& word : out) word = ~word;
    clear_tail(out, count);
  });
  return plane;
}

}  // namespace sotto::protocols::duo
