#include "base/convolution.h"

#include <fmt/format.h>

#include <string>

#include "base/error.h"

namespace sotto {
namespace {

// Products of an extent and a step stay far within 64 bits.
constexpr std::int64_t kLargestStep = std::int64_t{1} << 24;
constexpr std::int64_t kLargestExtent = std::int64_t{1} << 36;

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorKind::kData, "a convolution's " + what); }

void check_axes(const Convolution::Axes& axes, const char* name) {
  unsigned seen = 0;
  for (std::int64_t axis : axes) seen |= axis >= 0 && axis < 4 ? 1u << axis : 0;
  if (seen != 0xF) fail(fmt::format("{} name each of the axes 0 to 3 once", name));
}

void check_step(std::int64_t value, std::int64_t least, const char* name) {
  if (value < least || value > kLargestStep)
    fail(fmt::format("{} is {}, not {} to 2^24", name, value, least == 1 ? "1" : "-2^24"));
}

void check_shape(const Shape& shape, const char* name) {
  if (shape.size() != 4) fail(fmt::format("{} has rank {}, not 4", name, shape.size()));
  element_count(shape);
  for (std::int64_t extent : shape)
    if (extent > kLargestExtent) fail(fmt::format("{} has an extent of {}, beyond 2^36", name, extent));
}

std::int64_t dilated(std::int64_t extent, std::int64_t dilation) {
  return extent == 0 ? 0 : (extent - 1) * dilation + 1;
}

std::int64_t output_extent(const Convolution& c, std::size_t axis, std::int64_t input, std::int64_t window) {
  check_step(c.strides[axis], 1, "stride");
  check_step(c.lhs_dilation[axis], 1, "lhs dilation");
  check_step(c.rhs_dilation[axis], 1, "rhs dilation");
  check_step(c.low[axis], -kLargestStep, "padding");
  check_step(c.high[axis], -kLargestStep, "padding");
  if (window == 0) fail("window is empty");
  const std::int64_t room = c.low[axis] + dilated(input, c.lhs_dilation[axis]) + c.high[axis] -
                            dilated(window, c.rhs_dilation[axis]);
  return room < 0 ? 0 : room / c.strides[axis] + 1;
}

}  // namespace

Shape convolved_shape(const Convolution& convolution, const Shape& lhs, const Shape& rhs) {
  const auto &l = convolution.lhs_dimensions, &r = convolution.rhs_dimensions,
             &out = convolution.result_dimensions;
  check_axes(l, "lhs dimensions");
  check_axes(r, "rhs dimensions");
  check_axes(out, "result dimensions");
  check_shape(lhs, "lhs");
  check_shape(rhs, "rhs");
  const auto at = [](const Shape& shape, std::int64_t axis) { return shape[static_cast<std::size_t>(axis)]; };
  if (at(lhs, l[1]) != at(rhs, r[0]))
    fail(fmt::format("lhs has {} features, but its rhs takes {}", at(lhs, l[1]), at(rhs, r[0])));
  Shape result(4);
  result[static_cast<std::size_t>(out[0])] = at(lhs, l[0]);
  result[static_cast<std::size_t>(out[1])] = at(rhs, r[1]);
  for (std::size_t axis = 0; axis < 2; ++axis)
    result[static_cast<std::size_t>(out[2 + axis])] =
        output_extent(convolution, axis, at(lhs, l[2 + axis]), at(rhs, r[2 + axis]));
  element_count(result);
  return result;
}

}  // namespace sotto
