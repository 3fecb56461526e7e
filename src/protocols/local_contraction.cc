#include "protocols/local_contraction.h"

#include <algorithm>

#include "base/error.h"
#include "base/ring_convolution.h"

namespace sotto::protocols {
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

}  // namespace

void multiply_locally(std::span<ring::Element> out, const Contraction& c) {
  const bool nothing = c.product == Product::kNone;
  if (nothing || c.a.parts[0].is_zero() || c.b.parts[0].is_zero()) {
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

void add_locally(std::span<ring::Element> out, const Contraction& c) {
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

}  // namespace sotto::protocols
