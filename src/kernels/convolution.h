// The attributes of a contraction that is a convolution, as a plan gives them.
#pragma once

#include "base/convolution.h"
#include "kernels/check.h"

namespace sotto::kernels {

// Lists of integers named as in StableHLO: window_strides, lhs_dilation, rhs_dilation, window_reversal (0 or
// 1), of y and x each; padding [y low, y high, x low, x high]; lhs_dimensions [batch, feature, y, x],
// rhs_dimensions [input feature, output feature, y, x], result_dimensions [batch, feature, y, x]. Those
// absent are base/convolution.h's defaults. Throws Error(kPlan) naming a list of another length.
Convolution convolution_of(const Attributes& attributes);

// Operands 0 and 1 fit each other, the attributes, and the result.
void check_convolution(const Check& check, const Attributes& attributes);

}  // namespace sotto::kernels
