#include "kernels/convolution.h"

#include <fmt/format.h>

#include <algorithm>

namespace sotto::kernels {
namespace {

template <std::size_t count>
void read(const Attributes& attributes, const char* name, std::array<std::int64_t, count>& list) {
  if (!attributes.contains(name)) return;
  const auto given = integers(attributes, name);
  if (given.size() != count)
    throw Error(ErrorKind::kPlan, fmt::format("kernel contract: a convolution's {} has {} entries, not {}",
                                              name, given.size(), count));
  std::ranges::copy(given, list.begin());
}

}  // namespace

Convolution convolution_of(const Attributes& attributes) {
  Convolution convolution;
  read(attributes, "lhs_dimensions", convolution.lhs_dimensions);
  read(attributes, "rhs_dimensions", convolution.rhs_dimensions);
  read(attributes, "result_dimensions", convolution.result_dimensions);
  read(attributes, "window_strides", convolution.strides);
  read(attributes, "lhs_dilation", convolution.lhs_dilation);
  read(attributes, "rhs_dilation", convolution.rhs_dilation);
  std::array<std::int64_t, 4> padding{};
  std::array<std::int64_t, 2> reversal{};
  read(attributes, "padding", padding);
  read(attributes, "window_reversal", reversal);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    convolution.low[axis] = padding[2 * axis];
    convolution.high[axis] = padding[2 * axis + 1];
    if (reversal[axis] != 0 && reversal[axis] != 1)
      throw Error(ErrorKind::kPlan, "kernel contract: window_reversal is 0 or 1 for each spatial axis");
    convolution.reverse[axis] = reversal[axis] == 1;
  }
  return convolution;
}

void check_convolution(const Check& check, const Attributes& attributes) {
  const Convolution convolution = convolution_of(attributes);
  Shape shape;
  try {
    shape = convolved_shape(convolution, check.operand(0).shape, check.operand(1).shape);
  } catch (const Error& error) {
    check.fail(error.message());
  }
  check.shape(check.result(), shape, "the result");
}

}  // namespace sotto::kernels
