#include "ir/interpreter/array.h"

#include <bit>

#include "base/error.h"

namespace sotto::ir {
namespace {

std::size_t count(const Shape& shape) {
  std::size_t product = 1;
  for (std::int64_t extent : shape) product *= static_cast<std::size_t>(extent);
  return product;
}

Array::Values zeros(ElementType type, std::size_t size) {
  if (type == ElementType::kF64) return std::vector<double>(size);
  if (is_float(type)) return std::vector<float>(size);
  return std::vector<std::int64_t>(size);
}

template <typename Narrow>
void wrap(std::vector<std::int64_t>& values) {
  for (std::int64_t& value : values) value = static_cast<Narrow>(value);
}

// To nearest, ties to even; NaN stays NaN.
float round_to_bfloat16(float value) {
  if (value != value) return value;
  auto bits = std::bit_cast<std::uint32_t>(value);
  bits += 0x7fff + ((bits >> 16) & 1);
  return std::bit_cast<float>(bits & 0xffff0000u);
}

void wrap_integers(ElementType type, std::vector<std::int64_t>& values) {
  switch (type) {
    case ElementType::kBool:
      return wrap<bool>(values);
    case ElementType::kI8:
      return wrap<std::int8_t>(values);
    case ElementType::kI16:
      return wrap<std::int16_t>(values);
    case ElementType::kI32:
      return wrap<std::int32_t>(values);
    case ElementType::kU8:
      return wrap<std::uint8_t>(values);
    case ElementType::kU16:
      return wrap<std::uint16_t>(values);
    case ElementType::kU32:
      return wrap<std::uint32_t>(values);
    default:
      return;
  }
}

}  // namespace

std::string_view to_string(ElementType type) {
  static constexpr std::string_view kNames[] = {"f16", "bf16", "f32", "f64",  "i1",   "i8",  "i16",
                                                "i32", "i64",  "ui8", "ui16", "ui32", "ui64"};
  return kNames[static_cast<int>(type)];
}

Array::Array(ElementType type, Shape shape)
    : type_(type), shape_(std::move(shape)), values_(zeros(type, count(shape_))) {}

Array Array::floats(Shape shape, std::vector<float> values) {
  SOTTO_ASSERT(values.size() == count(shape), "one value per element");
  Array array;
  array.shape_ = std::move(shape);
  array.values_ = std::move(values);
  return array;
}

Array Array::integers(ElementType type, Shape shape, std::vector<std::int64_t> values) {
  SOTTO_ASSERT(!is_float(type) && values.size() == count(shape), "one integer per element");
  Array array;
  array.type_ = type;
  array.shape_ = std::move(shape);
  array.values_ = std::move(values);
  array.normalise();
  return array;
}

std::size_t Array::size() const {
  return std::visit([](const auto& values) { return values.size(); }, values_);
}

double Array::at(std::size_t index) const {
  if (type_ == ElementType::kU64)
    return static_cast<double>(static_cast<std::uint64_t>(as<std::int64_t>()[index]));
  return std::visit([&](const auto& values) { return static_cast<double>(values[index]); }, values_);
}

Array Array::reshaped(Shape shape) const& {
  Array copy = *this;
  copy.shape_ = std::move(shape);
  return copy;
}

Array Array::reshaped(Shape shape) && {
  shape_ = std::move(shape);
  return std::move(*this);
}

void Array::normalise() {
  if (!is_float(type_)) return wrap_integers(type_, as<std::int64_t>());
  if (type_ == ElementType::kF16) {
    for (float& value : as<float>()) value = static_cast<float>(static_cast<_Float16>(value));
  } else if (type_ == ElementType::kBF16) {
    for (float& value : as<float>()) value = round_to_bfloat16(value);
  }
}

}  // namespace sotto::ir
