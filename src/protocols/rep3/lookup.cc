#include "protocols/rep3/lookup.h"

#include "protocols/rep3/chunkwise.h"
#include "protocols/rep3/piecewise_lookup.h"

namespace sotto::protocols::rep3 {

namespace {

Task<void> chunk_task(Context& context, const Site& site, const PiecewiseFunction& function,
                      const LocalProduct& value, Chunk chunk, const Output& output) {
  Dealing dealing(context, site, chunk);
  PiecewiseLookup work(dealing, function, chunk);
  const Words half = value.summand(context, chunk);
  work.deal(half);
  co_await context.next_round();
  co_await work.finish(half, output);
}

}  // namespace

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function) {
  SOTTO_ASSERT(function.window <= 40 && function.piece_bits >= 0 && function.piece_bits < function.window,
               "a piecewise function has a window of at most 40 bits, wider than its pieces' number");
  co_return co_await chunkwise(
      context, std::move(value), Kind::kArithmetic,
      [&](const Site& site, const LocalProduct& halves, const Chunk& chunk, const Output& output) {
        return chunk_task(context, site, function, halves, chunk, output);
      });
}

}  // namespace sotto::protocols::rep3
