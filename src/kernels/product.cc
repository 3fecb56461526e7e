#include "kernels/product.h"

namespace sotto::kernels {

using protocols::Contraction;
using protocols::Share;

namespace {

Task<Share> product(protocols::Context& context, Share x, Share y, bool same, int truncate_bits) {
  Contraction c;
  c.product = Contraction::Product::kElementwise;
  c.shape = x.shape;
  c.a = std::move(x);
  c.b = std::move(y);
  c.same_operand = same;
  c.truncate_bits = truncate_bits;
  const protocols::Shares results = co_await protocols::contract(context, std::move(c));
  co_return results[0];
}

}  // namespace

Task<Share> multiplied(protocols::Context& context, Share x, Share y, int truncate_bits) {
  return product(context, std::move(x), std::move(y), false, truncate_bits);
}

Task<Share> squared(protocols::Context& context, Share x, int truncate_bits) {
  Share same = x;
  return product(context, std::move(x), std::move(same), true, truncate_bits);
}

}  // namespace sotto::kernels
