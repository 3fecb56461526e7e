// Dense arrays of the reference interpreter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/shape.h"

namespace sotto::ir {

enum class ElementType { kF16, kBF16, kF32, kF64, kBool, kI8, kI16, kI32, kI64, kU8, kU16, kU32, kU64 };

constexpr bool is_float(ElementType type) { return type <= ElementType::kF64; }
constexpr bool is_unsigned(ElementType type) {
  return type == ElementType::kBool || type >= ElementType::kU8;
}
// As StableHLO writes it: f32, i1, ui8.
std::string_view to_string(ElementType type);

// A shape, an element type and the values, row-major. f16, bf16 and f32 are kept as float (rounded to their
// type), f64 as double, Booleans and integers as int64 wrapped to their width (ui64 as the same bits).
class Array {
 public:
  using Values = std::variant<std::vector<float>, std::vector<double>, std::vector<std::int64_t>>;

  Array() : Array(ElementType::kF32, {}) {}
  // All zeros.
  Array(ElementType type, Shape shape);
  // REQUIRES: one value per element.
  static Array floats(Shape shape, std::vector<float> values);
  static Array integers(ElementType type, Shape shape, std::vector<std::int64_t> values);

  ElementType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  std::size_t size() const;
  const Values& values() const { return values_; }
  Values& values() { return values_; }
  // REQUIRES: T is how the element type is kept.
  template <typename T>
  const std::vector<T>& as() const {
    return std::get<std::vector<T>>(values_);
  }
  template <typename T>
  std::vector<T>& as() {
    return std::get<std::vector<T>>(values_);
  }
  // One element as a double, for reports and ranges.
  double at(std::size_t index) const;

  // The same values under another shape of as many elements.
  Array reshaped(Shape shape) const&;
  Array reshaped(Shape shape) &&;
  // Brings values that arithmetic made back into the element type: wraps integers, rounds short floats. On
  // Booleans whatever is not zero becomes one.
  void normalise();

 private:
  ElementType type_;
  Shape shape_;
  Values values_;
};

}  // namespace sotto::ir
