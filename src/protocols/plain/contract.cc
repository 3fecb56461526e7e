#include <algorithm>

#include "base/bits.h"
#include "base/ring_convolution.h"
#include "protocols/plain/plain.h"
#include "protocols/plain/rows.h"
#include "protocols/probes.h"

namespace sotto::protocols::plain {
namespace {

using Product = Contraction::Product;

void multiply_matrices(std::span<ring::Element> out, const Contraction& c) {
  SOTTO_ASSERT(c.a.shape.size() == 2 && c.b.shape.size() == 2, "a matrix product takes matrices");
  const auto extent = [](const Share& share, bool transposed, int axis) {
    return static_cast<std::size_t>(share.shape[transposed ? 1 - axis : axis]);
  };
  const std::size_t m = extent(c.a, c.transpose_a, 0), k = extent(c.a, c.transpose_a, 1);
  const std::size_t n = extent(c.b, c.transpose_b, 1);
  SOTTO_ASSERT(k == extent(c.b, c.transpose_b, 0) && out.size() == m * n, "the matrices fit");
  const auto view = [](const Words& words, const Share& share, bool transposed) {
    const std::ptrdiff_t columns = share.shape[1];
    return transposed ? ring::MatrixView{words.span().data(), 1, columns}
                      : ring::MatrixView{words.span().data(), columns, 1};
  };
  const Words a = c.a.parts[0].materialised(), b = c.b.parts[0].materialised();
  ring::matmul(out.data(), view(a, c.a, c.transpose_a), view(b, c.b, c.transpose_b), m, k, n);
}

void convolve(std::span<ring::Element> out, const Contraction& c) {
  SOTTO_ASSERT(convolved_shape(c.convolution, c.a.shape, c.b.shape) == c.shape,
               "a convolution has its result's shape");
  const Words a = c.a.parts[0].materialised(), b = c.b.parts[0].materialised();
  ring::convolve(out.data(), ring::view_of(c.convolution, c.a.shape, c.b.shape), a.span().data(),
                 b.span().data());
}

void multiply(std::span<ring::Element> out, const Contraction& c) {
  if (c.product == Product::kNone) {
    std::fill(out.begin(), out.end(), 0);
    return;
  }
  if (c.product == Product::kMatmul) {
    multiply_matrices(out, c);
  } else if (c.product == Product::kConvolution) {
    convolve(out, c);
  } else {
    SOTTO_ASSERT(c.a.elements() == out.size() && c.b.elements() == out.size(),
                 "elementwise shapes are equal");
    ring::multiply(out, c.a.parts[0].materialised().span(), c.b.parts[0].materialised().span());
  }
  ring::scale(out, out, c.product_scale);
}

void add_all(std::span<ring::Element> out, const Contraction& c) {
  for (const Addend& addend : c.addends) {
    const Words words = addend.share.parts[0].materialised();
    const std::size_t length = words.size();
    SOTTO_ASSERT(addend.row ? length == static_cast<std::size_t>(c.shape.back()) : length == out.size(),
                 "an addend is a row or has the result's shape");
    if (length == 0) continue;
    for (std::size_t at = 0; at < out.size(); at += length)
      ring::accumulate_scaled(out.subspan(at, length), words.span(), addend.scale);
  }
}

// out = out where the bit is one, 0 elsewhere.
void keep_where(std::span<ring::Element> out, const Share& selector) {
  SOTTO_ASSERT(selector.kind == Kind::kBoolean && selector.elements() == out.size(),
               "a selector has one bit each");
  const Words bits = selector.parts[0].materialised();
  Words mask = Words::allocate(out.size());
  bits::expand_mask(mask.mutable_span(), bits.span());
  ring::bit_and(out, out, mask.span());
}

}  // namespace

Share empty_share(Kind kind, Shape shape) {
  Share share;
  share.kind = kind;
  share.shape = std::move(shape);
  return share;
}

Share sign_of(const Context& context, const Words& values, const Shape& shape, int window) {
  Share result = empty_share(Kind::kBoolean, shape);
  const std::size_t count = values.size();
  result.parts[0] = context.words(bits::words_for(count));
  context.local([&] {
    const Words source = values.materialised();
    auto out = result.parts[0].mutable_span();
    std::fill(out.begin(), out.end(), 0);
    for (std::size_t i = 0; i < count; ++i)
      out[i / 64] |= std::uint64_t{is_non_negative(source.span()[i], window)} << (i % 64);
  });
  return result;
}

namespace {

Share probes_of(const Context& context, const Contraction& c, const Words& values, const Site& site) {
  Share probes = empty_share(Kind::kArithmetic, {static_cast<std::int64_t>(c.probe_groups), kProbes});
  probes.parts[0] = context.words(probes.elements());
  context.local([&] {
    auto sums = probes.parts[0].mutable_span();
    std::fill(sums.begin(), sums.end(), 0);
    Projection(values.size(), c.probe_groups).add(sums, values.span(), 0, site);
  });
  return probes;
}

}  // namespace

Task<Shares> contract(Context& context, Contraction c) {
  const Site site = context.begin();
  Share result = empty_share(Kind::kArithmetic, c.shape), probes;
  result.parts[0] = context.words(result.elements());
  context.local([&] {
    auto out = result.parts[0].mutable_span();
    multiply(out, c);
    add_all(out, c);
  });
  if (c.probe_groups > 0) probes = probes_of(context, c, result.parts[0], site);
  context.local([&] {
    auto out = result.parts[0].mutable_span();
    std::transform(out.begin(), out.end(), out.begin(),
                   [&](auto value) { return truncated(value, c.truncate_bits); });
  });
  Shares results{result};
  if (c.then == Then::kRelu) {
    c.selector = sign_of(context, result.parts[0], c.shape, c.window);
    results.push_back(c.selector);
  }
  if (c.then != Then::kNothing)
    context.local([&] { keep_where(result.parts[0].mutable_span(), c.selector); });
  if (c.probe_groups > 0) results.push_back(probes);
  co_return results;
}

}  // namespace sotto::protocols::plain
