#include "kernels/product.h"

namespace sotto::kernels {

using protocols::Contraction;
using protocols::Share;

Task<Share> multiplied(protocols::Context& context, Share x, Share y, int truncate_bits) {
  Contraction c;
  c.product = Contraction::Product::kElementwise;
  c.shape = x.shape;
  c.a = std::move(x);
  c.b = std::move(y);
  c.truncate_bits = truncate_bits;
  const protocols::Shares results = co_await protocols::contract(context, std::move(c));
  co_return results[0];
}

}  // namespace sotto::kernels
