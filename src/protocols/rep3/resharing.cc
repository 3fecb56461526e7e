#include "protocols/rep3/resharing.h"

#include "base/ring.h"
#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

SOTTO_VECTORIZED void sum_of_three(Word* out, const Word* a, const Word* b, const Word* c,
                                   std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] = a[i] + b[i] + c[i];
}

}  // namespace

void Resharing::draw(const Dealing& dealing, const Chunk& chunk, const Output& output) const {
  const Roles& roles = dealing.roles();
  dealing.context().local([&] {
    auto negated = [&](int part, const prg::Prg& key, Purpose purpose) {
      const auto out = output.at(part, chunk);
      key.fill(out, dealing.at(purpose));
      ring::negate(out, out);
    };
    if (!roles.is_second()) negated(roles.first_part(), dealing.first_key(), first);
    if (!roles.is_first()) negated(roles.second_part(), dealing.second_key(), second);
  });
}

Task<void> share_again(const Dealing& dealing, const Chunk& chunk, Words mine, const Output& output,
                       Words common) {
  Context& context = dealing.context();
  const Roles& roles = dealing.roles();
  if (roles.in_pair())
    context.local([&] {
      const int own = roles.is_first() ? roles.first_part() : roles.second_part();
      ring::subtract(mine.mutable_span(), mine.span(), output.at(own, chunk));
    });
  const Words theirs = exchange(context, roles, mine, chunk.size() * sizeof(Word));
  co_await context.next_round();
  if (!roles.in_pair()) co_return;
  context.local([&] {
    const auto out = output.at(roles.pair_part(), chunk);
    if (!common.has_data()) return ring::add(out, mine.span(), theirs.span());
    sum_of_three(out.data(), common.span().data(), mine.span().data(), theirs.span().data(), out.size());
  });
}

}  // namespace sotto::protocols::rep3
