#include "kernels/normalisation.h"

#include <algorithm>
#include <cmath>

namespace sotto::kernels {

Normalisation::Normalisation(double minimum, double maximum, int fraction_bits)
    : fraction_bits_(fraction_bits), lowest_(std::ilogb(minimum)), highest_(std::ilogb(maximum)) {}

Task<Share> Normalisation::bits(Context& context, const Share& x) const {
  std::vector<ring::Element> limits;
  for (int k = lowest_ + 1; k <= highest_; ++k) limits.push_back(ring::Element{1} << (fraction_bits_ + k));
  const Share copies = repeated(context, x, thresholds());
  Words words = context.words(copies.elements());
  context.local([&] {
    auto out = words.mutable_span();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = limits[i % limits.size()];
  });
  const Share all_limits = protocols::constant(context, std::move(words), Kind::kArithmetic, copies.shape);
  const int window = std::min(fraction_bits_ + highest_ + 2, 64);
  const Share reached = co_await protocols::sign(context, subtracted(context, copies, all_limits), window);
  co_return co_await protocols::from_bits(context, reached, 1);
}

Share Normalisation::function_of_exponent(const Context& context, const Share& bits,
                                          const std::function<std::int64_t(int exponent)>& f) const {
  std::vector<ring::Element> weights;
  for (int k = lowest_ + 1; k <= highest_; ++k)
    weights.push_back(static_cast<ring::Element>(f(k) - f(k - 1)));
  const Share sum = last_axis_summed(context, bits, weights);
  return added(context, sum, splat(context, static_cast<ring::Element>(f(lowest_)), sum.shape));
}

Share Normalisation::scale(const Context& context, const Share& bits) const {
  return function_of_exponent(context, bits,
                              [this](int exponent) { return std::int64_t{1} << (highest_ - exponent); });
}

Task<Share> multiplied(Context& context, Share x, Share y, int truncate_bits) {
  protocols::Contraction c;
  c.product = protocols::Contraction::Product::kElementwise;
  c.shape = x.shape;
  c.a = std::move(x);
  c.b = std::move(y);
  c.truncate_bits = truncate_bits;
  const Shares results = co_await protocols::contract(context, std::move(c));
  co_return results[0];
}

}  // namespace sotto::kernels
