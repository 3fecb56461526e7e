#include "passes/lower/format.h"

#include <algorithm>
#include <cmath>

namespace sotto::passes {
namespace {

// The integer next to factor * 2^shift, if it is close enough.
std::optional<std::int64_t> integer_scale(const Scaled& part, int raw_fraction) {
  const double exact = std::ldexp(part.factor, raw_fraction - part.fraction_bits);
  if (std::fabs(exact) >= 0x1p62) return std::nullopt;
  const double rounded = std::nearbyint(exact);
  if (part.scheduled) {
    if (std::fabs(exact) < kLeastScheduledScale) return std::nullopt;
    return static_cast<std::int64_t>(rounded);
  }
  if (rounded == 0 || std::fabs(rounded - exact) > allowed_error(part) * std::fabs(exact))
    return std::nullopt;
  return static_cast<std::int64_t>(rounded);
}

}  // namespace

double allowed_error(const Scaled& part) {
  if (part.product) return 0x1p-9;
  const double size = std::fabs(part.factor);
  if (size > 0.5 && size < 1) return std::clamp(0x1.6p-8 * (1 - size), 0x1p-20, 0x1p-9);
  return std::clamp(0x1p-16 / size, 0x1p-12, 0x1p-7);
}

std::optional<RawFormat> choose_format(std::span<const Scaled> parts, int result_fraction_bits,
                                       int result_bound_bits) {
  for (int raw = result_fraction_bits; raw + result_bound_bits <= kRawBits; ++raw) {
    RawFormat format{.scales = {}, .truncate_bits = raw - result_fraction_bits};
    for (const Scaled& part : parts)
      if (const auto scale = integer_scale(part, raw)) format.scales.push_back(*scale);
    if (format.scales.size() == parts.size()) return format;
  }
  return std::nullopt;
}

int window_for(int bound_bits, int fraction_bits) {
  return std::min(std::max(bound_bits + fraction_bits, 1) + 1, 64);
}

}  // namespace sotto::passes
