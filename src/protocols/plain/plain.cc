#include "protocols/plain/plain.h"

#include <algorithm>
#include <cmath>

#include "base/bits.h"
#include "protocols/conversions.h"
#include "protocols/plain/rows.h"

namespace sotto::protocols::plain {
namespace {

Task<Share> input(Context& context, int owner, Words values, Shape shape) {
  SOTTO_ASSERT(owner == 0, "plain has one party");
  Share share = empty_share(Kind::kArithmetic, std::move(shape));
  SOTTO_ASSERT(values.size() == share.elements(), "one word per element");
  share.parts[0] = std::move(values);
  co_return share;
}

Task<Share> input_bits(Context&, int owner, Words bits, Shape shape) {
  SOTTO_ASSERT(owner == 0, "plain has one party");
  Share share = empty_share(Kind::kBoolean, std::move(shape));
  share.parts[0] = std::move(bits);
  co_return share;
}

Task<Words> reveal(Context& context, Share share, unsigned to_mask) {
  if ((to_mask & 1u) == 0) co_return Words{};
  co_return context.counting() ? share.parts[0] : share.parts[0].materialised();
}

Task<Share> sign(Context& context, Share value, int window, Effort) {
  co_return sign_of(context, value.parts[0], value.shape, window);
}

Task<Share> to_bits(Context& context, Share value, int bits, Effort) {
  Share result = empty_share(Kind::kBoolean, planes_shape(value.shape, bits));
  result.parts[0] = context.words(static_cast<std::size_t>(bits) * plane_words(value.shape));
  context.local([&] {
    const Words source = value.parts[0].materialised();
    bits::to_planes(result.parts[0].mutable_span(), source.span(), 0, bits);
  });
  co_return result;
}

Task<Share> all_of_last_axis(Context& context, Share bits) {
  SOTTO_ASSERT(bits.kind == Kind::kBoolean && !bits.shape.empty(),
               "AND runs over the last axis of a Boolean");
  const auto extent = static_cast<std::size_t>(bits.shape.back());
  SOTTO_ASSERT(extent >= 1 && extent <= 9, "AND takes 1 to 9 bits");
  Shape shape = bits.shape;
  shape.pop_back();
  const auto count = static_cast<std::size_t>(element_count(shape));
  Share result = empty_share(Kind::kBoolean, shape);
  result.parts[0] = context.words(bits::words_for(count));
  context.local([&] {
    const Words source = bits.parts[0].materialised();
    auto in = source.span();
    auto out = result.parts[0].mutable_span();
    std::fill(out.begin(), out.end(), 0);
    for (std::size_t i = 0; i < count; ++i) {
      std::uint64_t all = 1;
      for (std::size_t j = i * extent; j < (i + 1) * extent; ++j) all &= in[j / 64] >> (j % 64);
      out[i / 64] |= all << (i % 64);
    }
  });
  co_return result;
}

Task<Share> from_bits(Context& context, Share bits, ring::Element scale) {
  SOTTO_ASSERT(bits.kind == Kind::kBoolean, "only a Boolean converts to arithmetic");
  Share result = empty_share(Kind::kArithmetic, bits.shape);
  result.parts[0] = context.words(bits.elements());
  context.local([&] {
    const Words source = bits.parts[0].materialised();
    bits::expand(result.parts[0].mutable_span(), source.span());
    ring::scale(result.parts[0].mutable_span(), result.parts[0].span(), scale);
  });
  co_return result;
}

Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function) {
  Share result = empty_share(Kind::kArithmetic, value.shape);
  result.parts[0] = context.words(value.elements());
  context.local([&] {
    const Words source = value.parts[0].materialised();
    auto out = result.parts[0].mutable_span();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = evaluated(function, source.span()[i], 0);
  });
  co_return result;
}

Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                const PiecewiseFunction& function) {
  Share result = empty_share(Kind::kArithmetic, value.shape);
  result.parts[0] = context.words(value.elements());
  context.local([&] {
    const Words source = value.parts[0].materialised();
    auto out = result.parts[0].mutable_span();
    const double least = std::ldexp(1.0, logarithm.lowest);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto v = static_cast<double>(static_cast<std::int64_t>(source.span()[i]));
      const double exact = std::log2(std::max(v, least)) - logarithm.lowest;
      const auto rounded = std::llrint(std::ldexp(exact, logarithm.fraction_bits()));
      out[i] = evaluated(function, static_cast<ring::Element>(rounded), 0);
    }
  });
  co_return result;
}

// A row of it: the first of equal maxima is taken off.
void softmax_row(const Softmax& function, std::span<const ring::Element> x, std::span<ring::Element> y) {
  const auto below = [](ring::Element a, ring::Element b) {
    return static_cast<std::int64_t>(a) < static_cast<std::int64_t>(b);
  };
  const ring::Element largest = *std::max_element(x.begin(), x.end(), below);
  ring::Element sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const ring::Element t = x[i] - largest;
    const bool vanishes = static_cast<std::int64_t>(t) < function.exponential.minimum;
    sum += y[i] = vanishes ? 0 : evaluated(function.exponential, t, 0);
  }
  const ring::Element inverse = evaluated(function.reciprocal, sum >> function.dropped_from_sum, 0);
  for (ring::Element& element : y) element = truncated(element * inverse, function.truncate_bits);
}

Task<Share> softmax(Context& context, Share value, const Softmax& function) {
  Share result = empty_share(Kind::kArithmetic, value.shape);
  result.parts[0] = context.words(value.elements());
  context.local([&] {
    const Words source = value.parts[0].materialised();
    const auto columns = static_cast<std::size_t>(value.shape.back());
    for (std::size_t i = 0; i < source.size(); i += columns)
      softmax_row(function, source.span().subspan(i, columns),
                  result.parts[0].mutable_span().subspan(i, columns));
  });
  co_return result;
}

Share complement(const Context& context, const Share& bits) {
  SOTTO_ASSERT(bits.kind == Kind::kBoolean, "only a Boolean has a complement");
  Share result = bits;
  result.selector = nullptr;
  const std::size_t count = bits.elements();
  result.parts[0] = context.words(bits.parts[0].size());
  context.local([&] {
    const Words source = bits.parts[0].materialised();
    auto out = result.parts[0].mutable_span();
    std::transform(source.span().begin(), source.span().end(), out.begin(), [](auto word) { return ~word; });
    if (count % 64 != 0) out.back() &= (std::uint64_t{1} << (count % 64)) - 1;
  });
  return result;
}

Share constant(const Context&, Words values, Kind kind, Shape shape) {
  Share share = empty_share(kind, std::move(shape));
  share.parts[0] = std::move(values);
  return share;
}

}  // namespace

ring::Element truncated(ring::Element value, int bits) {
  SOTTO_ASSERT(bits >= 0 && bits < 64, "truncation drops 0 to 63 bits");
  if (bits == 0) return value;
  const auto rounded = static_cast<std::int64_t>(value + (ring::Element{1} << (bits - 1)));
  return static_cast<ring::Element>(rounded >> bits);
}

bool is_non_negative(ring::Element value, int window) {
  SOTTO_ASSERT(window >= 1 && window <= 64, "a window has 1 to 64 bits");
  return ((value >> (window - 1)) & 1) == 0;
}

ring::Element evaluated(const PiecewiseFunction& function, ring::Element value, std::uint64_t offset) {
  const int low_bits = function.window - function.piece_bits;
  SOTTO_ASSERT(low_bits >= 1 && function.window <= 40,
               "a piecewise function has pieces of at least two points");
  const std::int64_t u = static_cast<std::int64_t>(value) - function.minimum;
  const std::uint64_t opened = static_cast<std::uint64_t>(u) + offset;
  const std::uint64_t low = opened & ((std::uint64_t{1} << low_bits) - 1);
  std::vector<ring::Element> coefficients(static_cast<std::size_t>(function.terms)),
      basis(coefficients.size());
  function.coefficients(u - static_cast<std::int64_t>(low), coefficients);
  function.basis(low, basis);
  ring::Element sum = 0;
  for (std::size_t i = 0; i < basis.size(); ++i) sum += coefficients[i] * basis[i];
  return truncated(sum, function.truncate_bits);
}

const Table& table() {
  static const Table plain(
      "plain", 1, Model::kPlain,
      Rows{.input = input,
           .input_bits = input_bits,
           .reveal = reveal,
           .contract = contract,
           .sign = sign,
           .to_bits = to_bits,
           .all_of_last_axis = all_of_last_axis,
           .from_bits = from_bits,
           .lookup = lookup,
           .lookup_of_logarithm = lookup_of_logarithm,
           .softmax = softmax,
           .selector_of_relu = [](const Shape&, std::uint16_t) { return nullptr; },
           .complement = complement,
           .constant = constant,
           .conversions = common_conversions()},
      Promise{.corruptible = 0, .assumptions = "No protection: one party computes on everything."});
  return plain;
}

}  // namespace sotto::protocols::plain
