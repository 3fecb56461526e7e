#include "base/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.h"

namespace sotto {
namespace {
constexpr std::int64_t kMaxElements = std::int64_t{1} << 48;
}

std::int64_t element_count(const Shape& shape) {
  std::int64_t count = 1;
  bool empty = false;
  for (std::int64_t extent : shape) {
    if (extent < 0) {
      throw Error(ErrorKind::kData, fmt::format("the shape {} has a negative extent", to_string(shape)));
    }
    if (extent == 0) {
      empty = true;
    } else if (count > kMaxElements / extent) {
      throw Error(ErrorKind::kData,
                  fmt::format("the shape {} has more than 2^48 elements", to_string(shape)));
    } else {
      count *= extent;
    }
  }
  return empty ? 0 : count;
}

std::vector<std::int64_t> dense_strides(const Shape& shape) {
  std::vector<std::int64_t> strides(shape.size(), 1);
  for (std::size_t axis = shape.size(); axis-- > 1;) strides[axis - 1] = strides[axis] * shape[axis];
  return strides;
}

std::string to_string(const Shape& shape) {
  return shape.size() == 1 ? fmt::format("({},)", shape[0]) : fmt::format("({})", fmt::join(shape, ", "));
}

}  // namespace sotto
