// The reciprocal within kernels: of values in [minimum, maximum], and how it is divided into steps.
#pragma once

#include <cmath>

#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"

namespace sotto::kernels {

// Wider ranges take the way by the logarithm, narrow ones only where that saves bytes.
inline constexpr double kNarrowRatio = 32;
// Coefficients that a lookup may have without costing more bytes than that.
inline constexpr int kFewWords = 40;
// Relative error of the polynomials.
inline constexpr double kReciprocalError = 0x1p-18;

struct PositiveRange {
  double minimum, maximum;
  int fraction_bits;
  // And not of so few units that pieces cannot be small beside them.
  bool is_narrow() const {
    return maximum <= minimum * kNarrowRatio && std::ldexp(minimum, fraction_bits) >= 16;
  }
};

// In units of the last place.
Domain domain_of(const PositiveRange& range);

// 1/x for x in the range, at result_bits fraction bits: 3 rounds (rep3) in a narrow one, unless few bytes are
// wanted, else 10.
Task<Share> reciprocal(Context& context, Share x, const PositiveRange& range, int result_bits,
                       protocols::Effort effort = protocols::Effort::kFewRounds);
void check_reciprocal(const Check& check, const PositiveRange& range, int result_bits);
// The lookup of a narrow one.
PiecewiseFunction narrow_reciprocal(const PositiveRange& range, int result_bits);
// Whether this effort takes the lookup of a function over the range.
bool is_looked_up(const PositiveRange& range, const PiecewiseFunction& narrow, protocols::Effort effort);

// The attributes minimum and maximum of a kernel, checked against an operand's type.
PositiveRange checked_range(const Check& check, const ValueType& operand);
PositiveRange range_of(const Attributes& attributes, const ValueType& operand);

}  // namespace sotto::kernels
