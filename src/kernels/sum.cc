// sum: over any axes, exact, local. Error 0 (wraps modulo 2^64), 0 rounds, 0 bytes.
#include <algorithm>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

bool contains(const std::vector<std::int64_t>& axes, std::size_t axis) {
  return std::find(axes.begin(), axes.end(), static_cast<std::int64_t>(axis)) != axes.end();
}

void check_sum(const Call& call) {
  const Check check("sum", call, 1, 1);
  check.linear_result();
  check.same_fraction(check.operand(0), check.result());
  const Shape& shape = check.operand(0).shape;
  const auto axes = check.axes("axes", shape.size());
  Shape kept;
  for (std::size_t axis = 0; axis < shape.size(); ++axis)
    if (!contains(axes, axis)) kept.push_back(shape[axis]);
  check.shape(check.result(), kept, "the result");
}

// The summed axes are moved to the end and flattened, then one sum over the last axis does it.
Task<Shares> run_sum(Context& context, const Call& call) {
  const Share& operand = call.operands[0];
  const auto axes = integers(call.attributes, "axes");
  const auto strides = dense_strides(operand.shape);
  View view;
  std::int64_t extent = 1;
  for (bool summed : {false, true})
    for (std::size_t axis = 0; axis < operand.shape.size(); ++axis) {
      if (contains(axes, axis) != summed) continue;
      view.shape.push_back(operand.shape[axis]);
      view.strides.push_back(strides[axis]);
      if (summed) extent *= operand.shape[axis];
    }
  Shape flat = call.result_types[0].shape;
  flat.push_back(extent);
  const bool in_place = std::is_sorted(view.strides.rbegin(), view.strides.rend());
  const Share moved =
      in_place ? operand.reshaped(flat) : gathered(context, operand, flat, [&] { return view.indices(); });
  co_return Shares{last_axis_summed(context, moved)};
}

}  // namespace

const Kernel kSum{"sum", check_sum, run_sum};

}  // namespace sotto::kernels
