#include "kernels/boundary.h"

#include <algorithm>
#include <utility>

#include "base/bits.h"

namespace sotto::kernels {
namespace {

using protocols::Context;
using protocols::Share;
using protocols::Words;

// Appends the words of one chunk to a part of `total` words; a part stays known to be zero as long as all
// chunks are.
void append(Words& part, const Words& chunk, std::size_t offset, std::size_t total) {
  if (chunk.size() == 0) return;
  if (chunk.is_zero() && part.size() == 0) part = Words::zeros(total);
  if (chunk.is_zero()) {
    if (part.has_data()) std::fill_n(part.mutable_span().begin() + offset, chunk.size(), 0);
    return;
  }
  if (!part.has_data()) {
    part = chunk.has_data() ? Words::allocate(total) : Words::shape_only(total);
    if (part.has_data()) std::fill_n(part.mutable_span().begin(), offset, 0);
  }
  std::ranges::copy(chunk.span(), part.mutable_span().begin() + offset);
}

Words chunk_values(Context& context, int owner, const Fill& fill, std::size_t offset, std::size_t count) {
  if (context.self() != owner) return {};
  Words values = context.words(count);
  context.local([&] { fill(offset, values.mutable_span()); });
  return values;
}

template <class MakeTask>
Cost count_with(const protocols::Table& table, std::uint16_t operation, MakeTask make) {
  const int parties = table.parties();
  Cost cost;
  for (int self = 0; self < parties; ++self) {
    auto rounds = net::Rounds::counting(self, parties);
    Context context(table, rounds, nullptr, 0, operation);
    rounds.run(make(context));
    cost.rounds = std::max(cost.rounds, rounds.completed());
    cost.bytes.insert(cost.bytes.end(), rounds.bytes_to().begin(), rounds.bytes_to().end());
  }
  return cost;
}

}  // namespace

Task<Share> share_input(Context& context, int owner, Shape shape, Fill fill) {
  const auto total = static_cast<std::size_t>(element_count(shape));
  const auto step = static_cast<std::size_t>(kInputChunkElements);
  if (total <= step)
    co_return co_await protocols::input(context, owner, chunk_values(context, owner, fill, 0, total),
                                        std::move(shape));
  Share whole;
  for (std::size_t offset = 0; offset < total; offset += step) {
    const std::size_t count = std::min(step, total - offset);
    const Share chunk =
        co_await protocols::input(context, owner, chunk_values(context, owner, fill, offset, count),
                                  Shape{static_cast<std::int64_t>(count)});
    whole.kind = chunk.kind;
    for (std::size_t part = 0; part < whole.parts.size(); ++part)
      append(whole.parts[part], chunk.parts[part], offset, total);
  }
  whole.shape = std::move(shape);
  co_return whole;
}

Cost count_input(const protocols::Table& table, int owner, const Shape& shape, std::uint16_t operation) {
  return count_with(table, operation,
                    [&](Context& context) { return share_input(context, owner, shape, Fill{}); });
}

Cost count_reveal(const protocols::Table& table, protocols::Kind kind, const Shape& shape, unsigned to_mask,
                  std::uint16_t operation) {
  const auto elements = static_cast<std::size_t>(element_count(shape));
  Share share;
  share.kind = kind;
  share.shape = shape;
  const auto words =
      Words::shape_only(kind == protocols::Kind::kBoolean ? bits::words_for(elements) : elements);
  share.parts = {words, words};
  return count_with(table, operation,
                    [&](Context& context) { return protocols::reveal(context, share, to_mask); });
}

}  // namespace sotto::kernels
