#include "kernels/clamp.h"

namespace sotto::kernels {
namespace {

Task<Share> rectified(Context& context, Share x, int window, protocols::Effort effort) {
  protocols::Contraction c;
  c.shape = x.shape;
  c.addends.push_back({.share = std::move(x)});
  c.then = protocols::Then::kRelu;
  c.window = window;
  c.effort = effort;
  const Shares results = co_await protocols::contract(context, std::move(c));
  co_return results[0];
}

}  // namespace

Share shifted(const Context& context, const Share& x, std::int64_t by) {
  return added(context, x, splat(context, static_cast<ring::Element>(by), x.shape));
}

Task<Share> at_least(Context& context, Share x, std::int64_t least, int bits, protocols::Effort effort) {
  const Share above = co_await rectified(context, shifted(context, x, -least), bits + 2, effort);
  co_return shifted(context, above, least);
}

// ReLU(x + most) - ReLU(x - most) - most.
Task<Share> clamped(Context& context, Share x, std::int64_t most, int bits, protocols::Effort effort) {
  std::vector<Task<Share>> both;
  both.push_back(rectified(context, shifted(context, x, most), bits + 2, effort));
  both.push_back(rectified(context, shifted(context, x, -most), bits + 2, effort));
  const std::vector<Share> parts = co_await when_all(std::move(both));
  co_return shifted(context, subtracted(context, parts[0], parts[1]), -most);
}

}  // namespace sotto::kernels
