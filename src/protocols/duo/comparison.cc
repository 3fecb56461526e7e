#include "protocols/duo/comparison.h"

#include <algorithm>

#include "base/ring.h"
#include "base/threads.h"
#include "crypto/ot/one_of_many.h"
#include "protocols/duo/planes.h"

namespace sotto::protocols::duo {
namespace {

// Words of tables held at a time.
constexpr std::size_t kTableWords = std::size_t{1} << 15;

int digit_bits_for(Effort effort) {
  return effort == Effort::kFewBytes ? 3 : effort == Effort::kBalanced ? 4 : 8;
}

}  // namespace

Comparison::Comparison(Supply& supply, const Site& site, std::size_t count, int window, Effort effort)
    : supply_(supply),
      site_(site),
      count_(count),
      words_(bits::words_for(count)),
      window_(window),
      digit_bits_(digit_bits_for(effort)) {
  SOTTO_ASSERT(window >= 1 && window <= 64, "a window has 1 to 64 bits");
  for (int low = 0; low < window - 1; low += digit_bits_)
    digits_.push_back(
        supply.claim(0, count * static_cast<std::size_t>(std::min(digit_bits_, window - 1 - low))));
  for (std::size_t nodes = digits_.size(); nodes > 1; nodes = (nodes + 1) / 2)
    levels_.emplace_back(supply, nodes / 2 * words_, (nodes / 2 - 1) * words_);
}

int Comparison::bits_of(std::size_t digit) const {
  return std::min(digit_bits_, window_ - 1 - static_cast<int>(digit) * digit_bits_);
}

// A multiple of 64, so that each part of a message has whole bytes.
std::size_t Comparison::tables_at_once(std::size_t digit) const {
  return std::max<std::size_t>(kTableWords >> bits_of(digit), 64);
}

// The first party's message for one digit: entry t of an element's table is [j > t] and [j = t], masked.
void Comparison::write_tables(std::size_t digit, std::span<std::byte> message,
                              std::span<const std::byte> flips, const Words& part, const Nodes& masks) {
  const int bits = bits_of(digit), width = width_of(digit), low = static_cast<int>(digit) * digit_bits_;
  const std::size_t entries = std::size_t{1} << bits, step = tables_at_once(digit);
  const auto greater = masks.greater.span().subspan(digit * words_, words_);
  const auto equal = digit == 0 ? greater : masks.equal.span().subspan((digit - 1) * words_, words_);
  const Word equal_used = digit == 0 ? 0 : 2;
  const std::size_t per_transfer = static_cast<std::size_t>(bits);
  supply_.sent(digits_[digit]);
  parallel_for((count_ + step - 1) / step, 1, [&](std::size_t begin, std::size_t end) {
    std::vector<Word> tables(step * entries);
    for (std::size_t group = begin; group < end; ++group) {
      const std::size_t first = group * step, here = std::min(step, count_ - first);
      for (std::size_t i = 0; i < here; ++i) {
        const std::size_t element = first + i;
        const Word j = part.span()[element] >> low & (entries - 1);
        const Word mask = (greater[element / 64] >> element % 64 & 1) |
                          ((equal[element / 64] >> element % 64 & 1) << 1 & equal_used);
        for (Word t = 0; t < entries; ++t)
          tables[i * entries + t] = ((t - j) >> 63 | (((t ^ j) - 1) >> 63 << 1 & equal_used)) ^ mask;
      }
      ot::send_many(message.subspan(first * entries * static_cast<std::size_t>(width) / 8,
                                    ot::tables_bytes(here, bits, width)),
                    std::span(tables).first(here * entries), bits, width,
                    flips.subspan(first * per_transfer / 8, ot::index_bytes(here, bits)),
                    supply_.sent(digits_[digit], first * per_transfer, here * per_transfer));
    }
  });
}

Task<Comparison::Nodes> Comparison::send_digits(Words part) {
  Context& context = supply_.context();
  const std::size_t n = digits_.size();
  std::vector<Message> flips;
  for (std::size_t digit = 0; digit < n; ++digit)
    flips.emplace_back(context, ot::index_bytes(count_, bits_of(digit))).receive(context);
  co_await context.next_round();
  Nodes masks{n, context.words(n * words_), context.words((n - 1) * words_)};
  context.local([&] {
    context.own_key().fill(masks.greater.mutable_span(), site_.at(0, 1));
    context.own_key().fill(masks.equal.mutable_span(), site_.at(0, 2));
  });
  for (std::size_t digit = 0; digit < n; ++digit) {
    Message message(context, ot::tables_bytes(count_, bits_of(digit), width_of(digit)));
    context.local([&] { write_tables(digit, message.bytes(), flips[digit].bytes(), part, masks); });
    message.send(context);
  }
  co_await context.next_round();
  co_return masks;
}

Task<Comparison::Nodes> Comparison::choose_digits(Words part) {
  Context& context = supply_.context();
  const std::size_t n = digits_.size();
  std::vector<Words> indices;
  for (std::size_t digit = 0; digit < n; ++digit) {
    Message flips(context, ot::index_bytes(count_, bits_of(digit)));
    indices.push_back(context.words(count_));
    context.local([&] {
      // The low bits of C = 2^(w-1) - 1 - B' are those of B', complemented.
      const Word mask = (Word{1} << bits_of(digit)) - 1;
      std::ranges::transform(part.span(), indices.back().mutable_span().begin(),
                             [&](Word b) { return ~b >> (static_cast<int>(digit) * digit_bits_) & mask; });
      ot::ask_many(flips.bytes(), indices.back().span(), bits_of(digit), supply_.received(digits_[digit]));
    });
    flips.send(context);
  }
  co_await context.next_round();
  std::vector<Message> messages;
  for (std::size_t digit = 0; digit < n; ++digit)
    messages.emplace_back(context, ot::tables_bytes(count_, bits_of(digit), width_of(digit)))
        .receive(context);
  co_await context.next_round();
  Nodes taken{n, context.words(n * words_), context.words((n - 1) * words_)};
  context.local([&] {
    std::vector<Word> entries(count_);
    for (std::size_t digit = 0; digit < n; ++digit) {
      ot::receive_many(entries, indices[digit].span(), bits_of(digit), width_of(digit),
                       messages[digit].bytes(), supply_.received(digits_[digit]));
      plane_of(taken.greater.mutable_span().subspan(digit * words_, words_), entries, 0);
      if (digit > 0) plane_of(taken.equal.mutable_span().subspan((digit - 1) * words_, words_), entries, 1);
    }
  });
  co_return taken;
}

// One level of the tree: nodes 2i and 2i + 1 become node i; a last one without a neighbour stays.
Task<Comparison::Nodes> Comparison::merge(Nodes nodes, Conjunction& products) const {
  const Context& context = supply_.context();
  const std::size_t pairs = nodes.count / 2, size = words_;
  Words x = context.words(pairs * size), y = context.words(pairs * size),
        z = context.words((pairs - 1) * size);
  const auto copy = [size](const Words& to, std::size_t to_plane, const Words& from, std::size_t plane) {
    std::ranges::copy(from.span().subspan(plane * size, size),
                      to.mutable_span().begin() + static_cast<std::ptrdiff_t>(to_plane * size));
  };
  context.local([&] {
    for (std::size_t i = 0; i < pairs; ++i) {
      copy(x, i, nodes.equal, 2 * i);  // of node 2i + 1
      copy(y, i, nodes.greater, 2 * i);
      if (i > 0) copy(z, i - 1, nodes.equal, 2 * i - 1);
    }
  });
  const Words made = co_await products.run(std::move(x), std::move(y), std::move(z));
  const std::size_t count = (nodes.count + 1) / 2;
  Nodes merged{count, context.words(count * size), context.words((count - 1) * size)};
  context.local([&] {
    for (std::size_t i = 0; i < pairs; ++i) {
      const auto out = merged.greater.mutable_span().subspan(i * size, size);
      ring::exclusive_or(out, made.span().subspan(i * size, size),
                         nodes.greater.span().subspan((2 * i + 1) * size, size));
      if (i > 0) copy(merged.equal, i - 1, made, pairs + i - 1);
    }
    if (nodes.count % 2 == 0) return;
    copy(merged.greater, pairs, nodes.greater, nodes.count - 1);
    copy(merged.equal, pairs - 1, nodes.equal, nodes.count - 2);
  });
  co_return merged;
}

Task<Words> Comparison::run(Words part) {
  if (digits_.empty()) co_return sign_plane(supply_.context(), part, {}, window_, count_);
  Nodes nodes;
  if (supply_.context().self() == 0)
    nodes = co_await send_digits(part);
  else
    nodes = co_await choose_digits(part);
  for (Conjunction& level : levels_) nodes = co_await merge(std::move(nodes), level);
  co_return sign_plane(supply_.context(), part, nodes.greater, window_, count_);
}

}  // namespace sotto::protocols::duo
