// The operations every protocol offers, by name; each looks its row up in the context's table. Kernels are
// written on these alone.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols {

inline Task<Share> input(Context& context, int owner, Words values, Shape shape) {
  return context.table().rows().input(context, owner, std::move(values), std::move(shape));
}
inline Task<Share> input_bits(Context& context, int owner, Words bits, Shape shape) {
  return context.table().rows().input_bits(context, owner, std::move(bits), std::move(shape));
}
inline Task<Words> reveal(Context& context, Share share, unsigned to_mask) {
  return context.table().rows().reveal(context, std::move(share), to_mask);
}
inline Task<Shares> contract(Context& context, Contraction contraction) {
  return context.table().rows().contract(context, std::move(contraction));
}
inline Task<Share> sign(Context& context, Share value, int window, Effort effort = Effort::kFewBytes) {
  return context.table().rows().sign(context, std::move(value), window, effort);
}
inline Task<Share> to_bits(Context& context, Share value, int bits, Effort effort = Effort::kFewRounds) {
  return context.table().rows().to_bits(context, std::move(value), bits, effort);
}
inline Task<Share> all_of_last_axis(Context& context, Share bits) {
  return context.table().rows().all_of_last_axis(context, std::move(bits));
}
inline Task<Share> from_bits(Context& context, Share bits, ring::Element scale) {
  return context.table().rows().from_bits(context, std::move(bits), scale);
}
inline Task<Share> lookup(Context& context, Share value, const PiecewiseFunction& function) {
  return context.table().rows().lookup(context, std::move(value), function);
}
inline Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                       const PiecewiseFunction& function) {
  return context.table().rows().lookup_of_logarithm(context, std::move(value), logarithm, function);
}
inline Task<Share> softmax(Context& context, Share value, const Softmax& function) {
  return context.table().rows().softmax(context, std::move(value), function);
}
inline std::shared_ptr<const SelectorCache> selector_of_relu(const Context& context, const Shape& shape,
                                                             std::uint16_t operation) {
  return context.table().rows().selector_of_relu(shape, operation);
}
inline Share complement(const Context& context, const Share& bits) {
  return context.table().rows().complement(context, bits);
}
inline Share constant(const Context& context, Words values, Kind kind, Shape shape) {
  return context.table().rows().constant(context, std::move(values), kind, std::move(shape));
}

}  // namespace sotto::protocols
