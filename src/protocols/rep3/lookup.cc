#include "protocols/rep3/lookup.h"

#include "protocols/rep3/halves.h"
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
  const Site site = context.begin();
  const std::size_t count = value.elements();
  Contraction identity;
  identity.shape = value.shape;
  identity.addends.push_back({value});
  const LocalProduct local(context, identity);
  const Output output{{context.words(count), context.words(count)}};
  std::vector<Task<void>> tasks;
  for (const Chunk& chunk : cut(count, 64, site))
    tasks.push_back(chunk_task(context, site, function, local, chunk, output));
  co_await when_all(std::move(tasks));
  co_return Share{Kind::kArithmetic, value.shape, {output.part[0], output.part[1]}, nullptr};
}

}  // namespace sotto::protocols::rep3
