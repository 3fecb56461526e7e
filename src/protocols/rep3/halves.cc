#include "protocols/rep3/halves.h"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace sotto::protocols::rep3 {

namespace {

std::size_t extent(const Share& share, std::size_t axis) {
  return static_cast<std::size_t>(share.shape[axis]);
}

ring::MatrixView matrix(const Words& words, std::size_t columns, bool transposed) {
  const auto stride = static_cast<std::ptrdiff_t>(columns);
  return transposed ? ring::MatrixView{words.span().data(), 1, stride}
                    : ring::MatrixView{words.span().data(), stride, 1};
}

Words sum_of_parts(const Share& share) {
  if (share.parts[0].is_zero()) return share.parts[1];
  if (share.parts[1].is_zero()) return share.parts[0];
  Words sum = Words::allocate(share.parts[0].size());
  ring::add(sum.mutable_span(), share.parts[0].span(), share.parts[1].span());
  return sum;
}

}  // namespace

LocalProduct::LocalProduct(const Context& context, const Contraction& contraction)
    : contraction_(contraction) {
  granularity_ = granularity_of(contraction.shape);
  if (!is_product()) return;
  context.local([&] { b_sum_ = sum_of_parts(contraction.b); });
  if (contraction.product == Contraction::Product::kConvolution) prepare_convolution(context);
  if (contraction.product != Contraction::Product::kMatmul) return;
  rows_ = extent(contraction.a, contraction.transpose_a ? 1 : 0);
  inner_ = extent(contraction.a, contraction.transpose_a ? 0 : 1);
  columns_ = extent(contraction.b, contraction.transpose_b ? 0 : 1);
  granularity_ = std::lcm(granularity_, std::max<std::size_t>(columns_, 1));
}

void LocalProduct::prepare_convolution(const Context& context) {
  const Contraction& c = contraction_;
  SOTTO_ASSERT(convolved_shape(c.convolution, c.a.shape, c.b.shape) == c.shape,
               "a convolution has its result's shape");
  view_ = ring::view_of(c.convolution, c.a.shape, c.b.shape);
  columns_ = std::max<std::size_t>(view_.columns(), 1);
  // Chunks follow from the result's shape alone, as granularity_of() says.
  by_rows_ = view_.by_rows() && granularity_ % columns_ == 0;
  if (by_rows_) return;
  context.local([&] {
    whole_ = Words::allocate(view_.rows() * view_.columns());
    std::ranges::fill(whole_.mutable_span(), 0);
    add_convolution(whole_.mutable_span(), 0, view_.rows(), true);
  });
}

void LocalProduct::add_convolution(std::span<std::uint64_t> out, std::size_t first, std::size_t count,
                                   bool all) const {
  auto multiply = [&](const Words& a, const Words& b) {
    if (a.is_zero() || b.is_zero()) return;
    if (all) return ring::convolve(out.data(), view_, a.span().data(), b.span().data(), true);
    ring::convolve_rows(out.data(), view_, a.span().data(), b.span().data(), first, count, true);
  };
  multiply(contraction_.a.parts[0], b_sum_);
  multiply(contraction_.a.parts[1], contraction_.b.parts[0]);
}

void LocalProduct::add_matrix_product(std::span<std::uint64_t> out, const Chunk& chunk) const {
  const Contraction& c = contraction_;
  const std::size_t first_row = chunk.begin / columns_, row_count = chunk.size() / columns_;
  auto multiply = [&](const Words& a, const Words& b) {
    if (a.is_zero() || b.is_zero()) return;
    ring::MatrixView left = matrix(a, extent(c.a, 1), c.transpose_a);
    left.data += static_cast<std::ptrdiff_t>(first_row) * left.row_stride;
    ring::matmul(out.data(), left, matrix(b, extent(c.b, 1), c.transpose_b), row_count, inner_, columns_,
                 true);
  };
  multiply(c.a.parts[0], b_sum_);
  multiply(c.a.parts[1], c.b.parts[0]);
}

void LocalProduct::add_product(std::span<std::uint64_t> out, const Chunk& chunk) const {
  if (contraction_.product == Contraction::Product::kMatmul) {
    add_matrix_product(out, chunk);
  } else if (contraction_.product == Contraction::Product::kConvolution) {
    if (by_rows_)
      add_convolution(out, chunk.begin / columns_, chunk.size() / columns_, false);
    else
      ring::add(out, out, whole_.span().subspan(chunk.begin, chunk.size()));
  } else {
    auto multiply = [&](const Words& a, const Words& b) {
      if (a.is_zero() || b.is_zero()) return;
      ring::accumulate_product(out, a.span().subspan(chunk.begin, chunk.size()),
                               b.span().subspan(chunk.begin, chunk.size()));
    };
    multiply(contraction_.a.parts[0], b_sum_);
    multiply(contraction_.a.parts[1], contraction_.b.parts[0]);
  }
  if (contraction_.product_scale != 1) ring::scale(out, out, contraction_.product_scale);
}

void LocalProduct::add_part(std::span<std::uint64_t> out, const Addend& addend, int index,
                            const Chunk& chunk) {
  const Words& part = addend.share.parts[static_cast<std::size_t>(index)];
  if (part.is_zero()) return;
  if (!addend.row) {
    ring::accumulate_scaled(out, part.span().subspan(chunk.begin, chunk.size()), addend.scale);
    return;
  }
  const std::size_t columns = part.size();
  for (std::size_t at = 0; at < chunk.size();) {
    const std::size_t column = (chunk.begin + at) % columns;
    const std::size_t length = std::min(columns - column, chunk.size() - at);
    ring::accumulate_scaled(out.subspan(at, length), part.span().subspan(column, length), addend.scale);
    at += length;
  }
}

void LocalProduct::add_addend(std::span<std::uint64_t> out, const Addend& addend, const Chunk& chunk,
                              const Roles& roles) const {
  // Of a product each component is parts[0] at exactly one party.
  if (is_product()) return add_part(out, addend, 0, chunk);
  if (roles.in_pair()) return add_part(out, addend, roles.pair_part(), chunk);
  add_part(out, addend, 0, chunk);
  add_part(out, addend, 1, chunk);
}

Words LocalProduct::component(const Context& context, const Chunk& chunk) const {
  const Roles roles = roles_of(context, chunk);
  if (!roles.in_pair()) return {};
  Words words = context.words(chunk.size());
  context.local([&] {
    const auto out = words.mutable_span();
    std::memset(out.data(), 0, out.size_bytes());
    for (const Addend& addend : contraction_.addends)
      add_part(out, addend, roles.is_first() ? roles.first_part() : roles.second_part(), chunk);
  });
  return words;
}

Words LocalProduct::summand(const Context& context, const Chunk& chunk) const {
  Words words = context.words(chunk.size());
  context.local([&] {
    const auto out = words.mutable_span();
    std::memset(out.data(), 0, out.size_bytes());
    if (is_product()) add_product(out, chunk);
    for (const Addend& addend : contraction_.addends)
      add_addend(out, addend, chunk, roles_of(context, chunk));
  });
  return words;
}

Words mask_and_exchange(Dealing& dealing, const Words& summand) {
  const Roles& roles = dealing.roles();
  dealing.context().local([&] {
    const auto z = summand.mutable_span();
    if (roles.is_first()) dealing.first_key().add(z, dealing.at(kZeroFirst));
    if (roles.is_second()) dealing.second_key().add(z, dealing.at(kZeroSecond));
    if (roles.is_single()) {
      dealing.first_key().subtract(z, dealing.at(kZeroFirst));
      dealing.second_key().subtract(z, dealing.at(kZeroSecond));
    }
  });
  return exchange(dealing.context(), roles, summand, summand.size() * sizeof(std::uint64_t));
}

void shift_by_public_coin(const Dealing& dealing, const Words& half) {
  dealing.context().local([&] {
    const prg::Prg coin(prg::Key{});
    const prg::Address address = dealing.at(kPublicCoin);
    if (dealing.roles().in_pair())
      coin.add(half.mutable_span(), address);
    else
      coin.subtract(half.mutable_span(), address);
  });
}

}  // namespace sotto::protocols::rep3
