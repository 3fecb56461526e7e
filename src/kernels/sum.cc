// sum: over any axes, exact, local. Error 0 (wraps modulo 2^64), 0 rounds, 0 bytes.
#include <algorithm>
#include <numeric>

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

// Every element is added to its place in the result, which summed axes do not move.
Task<Shares> run_sum(Context& context, const Call& call) {
  const Share& operand = call.operands[0];
  const Shape& kept = call.result_types[0].shape;
  const auto axes = integers(call.attributes, "axes");
  const auto strides = dense_strides(kept);
  Layout places{.shape = operand.shape, .strides = {}};
  for (std::size_t axis = 0, next = 0; axis < operand.shape.size(); ++axis)
    places.strides.push_back(contains(axes, axis) ? 0 : strides[next++]);
  co_return Shares{mapped(context, operand, kept, [&](auto out, auto in) {
    std::ranges::fill(out, 0);
    const ring::Element* from = in.data();
    for_each_run(places, [&](std::int64_t offset, std::int64_t count, std::int64_t stride) {
      ring::Element* to = out.data() + offset;
      if (stride == 0) {
        *to = std::accumulate(from, from + count, *to);
      } else {
        for (std::int64_t i = 0; i < count; ++i) to[i * stride] += from[i];
      }
      from += count;
    });
  })};
}

}  // namespace

const Kernel kSum{"sum", check_sum, run_sum};

}  // namespace sotto::kernels
