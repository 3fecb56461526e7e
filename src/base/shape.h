// Shapes of dense tensors: extents, outermost first (NumPy's order).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sotto {

using Shape = std::vector<std::int64_t>;

// The number of elements; 1 for a scalar's empty shape. Throws ErrorKind::kData when an extent is negative or the
// product exceeds 2^48.
std::int64_t element_count(const Shape& shape);
// Row-major strides in elements.
std::vector<std::int64_t> dense_strides(const Shape& shape);
// As NumPy prints it: (128, 784).
std::string to_string(const Shape& shape);

}  // namespace sotto
