#include "protocols/conversions.h"

#include <algorithm>

#include "base/bits.h"
#include "base/ring.h"
#include "protocols/operations.h"

namespace sotto::protocols {
namespace {

// Of bits that become numbers, at once: each takes a transfer for each bit between two parties.
constexpr std::size_t kElementsAtOnce = std::size_t{1} << 16;

Shared of_words(const Shared& value, Sharing to, Words words) {
  return {.sharing = to, .shape = value.shape, .words = std::move(words), .share = {}, .encrypted = nullptr};
}
Shared of_share(const Shared& value, Sharing to, Share share) {
  return {.sharing = to, .shape = value.shape, .words = {}, .share = std::move(share), .encrypted = nullptr};
}

bool knows(const Context& context, const Sharing& sharing) {
  return (sharing.knowers(context.table().parties()) >> context.self() & 1) != 0;
}

// ---- Bits
Words planes_of(const Context& context, const Words& values, int bits) {
  const Words planes = context.words(static_cast<std::size_t>(bits) * bits::words_for(values.size()));
  context.local([&] { bits::to_planes(planes.mutable_span(), values.materialised().span(), 0, bits); });
  return planes;
}

// Signed numbers again.
Words numbers_of(const Context& context, const Words& planes, std::size_t count, int bits) {
  Words numbers = context.words(count);
  context.local([&] {
    const auto out = numbers.mutable_span();
    std::ranges::fill(out, 0);
    std::vector<std::uint64_t> plane(count);
    const std::size_t words = bits::words_for(count);
    for (int bit = 0; bit < bits; ++bit) {
      bits::expand(plane, planes.span().subspan(static_cast<std::size_t>(bit) * words, words));
      const ring::Element weight = ring::Element{1} << bit;
      ring::accumulate_scaled(out, plane, bit == bits - 1 ? 0 - weight : weight);
    }
  });
  return numbers;
}

// Elements [begin, begin + count) of one bit; begin is a multiple of 64.
Share plane_of(const Shared& value, int bit, std::size_t begin, std::size_t count) {
  const std::size_t first = static_cast<std::size_t>(bit) * plane_words(value.shape) + begin / 64;
  Share plane;
  plane.kind = Kind::kBoolean;
  plane.shape = {static_cast<std::int64_t>(count)};
  for (std::size_t part = 0; part < plane.parts.size(); ++part)
    if (const Words& all = value.share.parts[part]; all.size() > 0)
      plane.parts[part] = all.slice(first, bits::words_for(count));
  return plane;
}

// sum += term from element `begin` on, part by part; sum has `count` elements, or no parts yet.
void add_at(const Context& context, Share& sum, std::size_t begin, std::size_t count, const Share& term) {
  for (std::size_t part = 0; part < sum.parts.size(); ++part) {
    if (term.parts[part].size() == 0) continue;
    if (sum.parts[part].size() == 0) {
      sum.parts[part] = context.words(count);
      context.local([&] { std::ranges::fill(sum.parts[part].mutable_span(), 0); });
    }
    context.local([&] {
      const Words addend = term.parts[part].materialised();
      const auto here = sum.parts[part].mutable_span().subspan(begin, addend.size());
      ring::add(here, here, addend.span());
    });
  }
}

// ---- The rows
Task<Shared> keep(Context& context, Shared value, Sharing to) {
  co_return of_words(value, to, knows(context, to) ? value.words : Words());
}

Task<Shared> public_to_arithmetic(Context& context, Shared value, Sharing to) {
  co_return of_share(value, to, constant(context, value.words, Kind::kArithmetic, value.shape));
}

Task<Shared> public_to_boolean(Context& context, Shared value, Sharing to) {
  Words planes = planes_of(context, value.words, to.bits);
  co_return of_share(
      value, to, constant(context, std::move(planes), Kind::kBoolean, planes_shape(value.shape, to.bits)));
}

Task<Shared> tell(Context& context, Shared value, Sharing to) {
  const int owner = value.sharing.party, parties = context.table().parties();
  const std::size_t count = value.elements(), bytes = count * sizeof(std::uint64_t);
  const unsigned learning = learners(value.sharing, to, parties);
  if (learning == 0) co_return of_words(value, to, knows(context, to) ? value.words : Words());
  Words words = knows(context, to) && context.self() != owner ? context.words(count) : Words();
  if (context.self() == owner) {
    const Words mine = context.counting() ? value.words : value.words.materialised();
    for (int other = 0; other < parties; ++other)
      if ((learning >> other & 1) != 0) context.rounds().send(other, mine.span().data(), bytes);
    if (knows(context, to)) words = mine;
  } else if (knows(context, to)) {
    context.rounds().receive(owner, words.mutable_span().data(), bytes);
  }
  co_await context.next_round();
  co_return of_words(value, to, std::move(words));
}

Task<Shared> private_to_arithmetic(Context& context, Shared value, Sharing to) {
  co_return of_share(value, to, co_await input(context, value.sharing.party, value.words, value.shape));
}

Task<Shared> private_to_boolean(Context& context, Shared value, Sharing to) {
  Words planes = knows(context, value.sharing) ? planes_of(context, value.words, to.bits) : Words();
  co_return of_share(value, to,
                     co_await input_bits(context, value.sharing.party, std::move(planes),
                                         planes_shape(value.shape, to.bits)));
}

Task<Shared> open_arithmetic(Context& context, Shared value, Sharing to) {
  const unsigned to_mask = to.knowers(context.table().parties());
  co_return of_words(value, to, co_await reveal(context, value.share, to_mask));
}

Task<Shared> open_boolean(Context& context, Shared value, Sharing to) {
  const unsigned to_mask = to.knowers(context.table().parties());
  const Words planes = co_await reveal(context, value.share, to_mask);
  Words words;
  if (knows(context, to)) words = numbers_of(context, planes, value.elements(), value.sharing.bits);
  co_return of_words(value, to, std::move(words));
}

Task<Shared> arithmetic_to_boolean(Context& context, Shared value, Sharing to, Effort effort) {
  Share planes = co_await to_bits(context, value.share, to.bits, effort);
  co_return of_share(value, to, std::move(planes));
}
Task<Shared> in_few_rounds(Context& context, Shared value, Sharing to) {
  return arithmetic_to_boolean(context, std::move(value), to, Effort::kFewRounds);
}
Task<Shared> in_few_bytes(Context& context, Shared value, Sharing to) {
  return arithmetic_to_boolean(context, std::move(value), to, Effort::kFewBytes);
}

// The sum of bits times their weights, of which the highest is negative.
Task<Shared> boolean_to_arithmetic(Context& context, Shared value, Sharing to) {
  Share sum;
  sum.shape = value.shape;
  const std::size_t count = value.elements();
  for (std::size_t begin = 0; begin < count; begin += kElementsAtOnce) {
    const std::size_t size = std::min(kElementsAtOnce, count - begin);
    std::vector<Task<Share>> terms;
    for (int bit = 0; bit < value.sharing.bits; ++bit) {
      const ring::Element weight = ring::Element{1} << bit;
      terms.push_back(from_bits(context, plane_of(value, bit, begin, size),
                                bit == value.sharing.bits - 1 ? 0 - weight : weight));
    }
    const Shares shares = co_await when_all(std::move(terms));
    for (const Share& term : shares) add_at(context, sum, begin, count, term);
  }
  co_return of_share(value, to, std::move(sum));
}

constexpr Conversion kCommon[] = {
    {"keep", Form::kPublic, Form::kPrivate, keep},
    {"constant", Form::kPublic, Form::kArithmetic, public_to_arithmetic},
    {"constant bits", Form::kPublic, Form::kBoolean, public_to_boolean},
    {"tell all", Form::kPrivate, Form::kPublic, tell},
    {"tell one", Form::kPrivate, Form::kPrivate, tell},
    {"input", Form::kPrivate, Form::kArithmetic, private_to_arithmetic},
    {"input of bits", Form::kPrivate, Form::kBoolean, private_to_boolean},
    {"open to all", Form::kArithmetic, Form::kPublic, open_arithmetic},
    {"open to one", Form::kArithmetic, Form::kPrivate, open_arithmetic},
    {"open bits to all", Form::kBoolean, Form::kPublic, open_boolean},
    {"open bits to one", Form::kBoolean, Form::kPrivate, open_boolean},
    {"bits in few rounds", Form::kArithmetic, Form::kBoolean, in_few_rounds},
    {"bits in few bytes", Form::kArithmetic, Form::kBoolean, in_few_bytes},
    {"weighed bits", Form::kBoolean, Form::kArithmetic, boolean_to_arithmetic},
};

}  // namespace

std::vector<const Conversion*> common_conversions() {
  std::vector<const Conversion*> rows;
  for (const Conversion& row : kCommon) rows.push_back(&row);
  return rows;
}

}  // namespace sotto::protocols
