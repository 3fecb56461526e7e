// The reciprocal within kernels: of values in [minimum, maximum], and how it is divided into steps.
#pragma once

#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"

namespace sotto::kernels {

// Wider ranges take the way by the logarithm.
inline constexpr double kNarrowRatio = 32;
// Relative error of the polynomials.
inline constexpr double kReciprocalError = 0x1p-18;

struct PositiveRange {
  double minimum, maximum;
  int fraction_bits;
  bool is_narrow() const { return maximum <= minimum * kNarrowRatio; }
};

// 1/x for x in the range, at result_bits fraction bits: 3 rounds (rep3) in a narrow one, else 10.
Task<Share> reciprocal(Context& context, Share x, const PositiveRange& range, int result_bits);
void check_reciprocal(const Check& check, const PositiveRange& range, int result_bits);
// The lookup of a narrow one.
PiecewiseFunction narrow_reciprocal(const PositiveRange& range, int result_bits);

// The attributes minimum and maximum of a kernel, checked against an operand's type.
PositiveRange checked_range(const Check& check, const ValueType& operand);
PositiveRange range_of(const Attributes& attributes, const ValueType& operand);

}  // namespace sotto::kernels
