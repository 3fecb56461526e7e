#include "protocols/composed/softmax.h"

#include <algorithm>

#include "protocols/composed/linear.h"

namespace sotto::protocols::composed {
namespace {

constexpr ring::Element kMinus = ~ring::Element{0};

// The greatest of as many vectors.
Task<Share> greatest(Context& context, std::vector<Share> columns, int window, Effort effort) {
  while (columns.size() > 1) {
    const std::size_t pairs = columns.size() / 2, rows = columns.front().elements();
    const auto middle = columns.begin() + static_cast<std::ptrdiff_t>(pairs);
    const Share left = joined(context, {columns.begin(), middle});
    const Share right = joined(context, {middle, middle + static_cast<std::ptrdiff_t>(pairs)});
    Contraction c;
    c.shape = left.shape;
    c.addends = {{.share = left}, {.share = right, .scale = kMinus}};
    c.then = Then::kRelu;
    c.window = window;
    c.effort = effort;
    const Shares excess = co_await contract(context, std::move(c));
    const Share winners = co_await sum_of(context, {{.share = right}, {.share = excess[0]}});
    std::vector<Share> next;
    for (std::size_t i = 0; i < pairs; ++i) next.push_back(sliced(winners, i * rows, rows));
    if (columns.size() % 2 != 0) next.push_back(columns.back());
    columns = std::move(next);
  }
  co_return columns.front();
}

}  // namespace

Task<Share> softmax(Context& context, Share value, const Softmax& function) {
  const auto columns = static_cast<std::size_t>(value.shape.back());
  std::vector<Share> given;
  for (std::size_t i = 0; i < columns; ++i) given.push_back(strided(context, value, i, columns));
  const Share largest = co_await greatest(context, given, function.window, function.effort);
  const Share all = joined(context, given);  // column by column from here on
  const Share taken_off = joined(context, std::vector<Share>(columns, largest));
  const Share difference = co_await sum_of(context, {{.share = all}, {.share = taken_off, .scale = kMinus}});

  const auto minimum = static_cast<ring::Element>(function.exponential.minimum);
  const Share above = co_await sum_of(
      context, {{.share = difference}, {.share = filled(context, difference.shape, 0 - minimum)}});
  const int window = std::min(64, std::max(function.window, function.exponential.window + 1) + 1);
  Share counts = co_await sign(context, above, window, function.effort);
  const Share power = co_await lookup(context, difference, function.exponential);
  const Share powers = co_await selected(context, std::move(counts), {{.share = power}});

  const std::size_t rows = largest.elements();
  Contraction total;
  total.shape = largest.shape;
  for (std::size_t i = 0; i < columns; ++i)
    total.addends.push_back({.share = sliced(powers, i * rows, rows)});
  total.truncate_bits = function.dropped_from_sum;
  const Shares sum = co_await contract(context, std::move(total));
  const Share inverse = co_await lookup(context, sum[0], function.reciprocal);

  Contraction product;
  product.product = Contraction::Product::kElementwise;
  product.shape = powers.shape;
  product.a = powers;
  product.b = joined(context, std::vector<Share>(columns, inverse));
  product.truncate_bits = function.truncate_bits;
  const Shares result = co_await contract(context, std::move(product));
  std::vector<Share> by_row;
  for (std::size_t i = 0; i < rows; ++i) by_row.push_back(strided(context, result[0], i, rows));
  co_return joined(context, by_row).reshaped(value.shape);
}

}  // namespace sotto::protocols::composed
