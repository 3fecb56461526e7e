// Operations that work on each element by itself. Each is a function object over float, double and (un)signed
// 64-bit integers; the result is wrapped or rounded to the element type afterwards.
#include <bit>
#include <cmath>
#include <functional>

#include "ir/interpreter/interpreter.h"
#include "ir/interpreter/rows.h"

namespace sotto::ir {

// Results may not depend on whether the compiler fuses a product and a sum.
#pragma STDC FP_CONTRACT OFF

namespace {

using std::int64_t;
using std::uint64_t;

template <typename T>
constexpr bool kIsInteger = std::is_integral_v<T>;

ElementType result_type(mlir::Operation* op) { return element_type(op->getResult(0).getType()); }

template <typename F>
Array unary(mlir::Operation* op, Operands operands, F function) {
  const Array& x = *operands[0];
  Array result(x.type(), x.shape());
  std::visit(
      [&](const auto& in) {
        auto& out = std::get<std::decay_t<decltype(in)>>(result.values());
        for (std::size_t i = 0; i < in.size(); ++i) out[i] = function(in[i]);
      },
      x.values());
  result.normalise();
  return result;
}

// As unary, for operations that floats alone have.
template <typename F>
Array unary_float(mlir::Operation* op, Operands operands, F function) {
  return unary(op, operands, [&](auto x) {
    if constexpr (kIsInteger<decltype(x)>) {
      return x;
    } else {
      return function(x);
    }
  });
}

template <typename T, typename In, typename F>
void apply_binary(const std::vector<In>& lhs, const std::vector<In>& rhs, std::vector<In>& out, F function) {
  for (std::size_t i = 0; i < lhs.size(); ++i)
    out[i] = static_cast<In>(function(static_cast<T>(lhs[i]), static_cast<T>(rhs[i])));
}

template <typename F>
Array binary(Operands operands, F function) {
  const Array &x = *operands[0], &y = *operands[1];
  Array result(x.type(), x.shape());
  std::visit(
      [&](const auto& lhs) {
        using Vector = std::decay_t<decltype(lhs)>;
        using T = typename Vector::value_type;
        auto& rhs = std::get<Vector>(y.values());
        auto& out = std::get<Vector>(result.values());
        if constexpr (kIsInteger<T>) {
          if (is_unsigned(x.type())) return apply_binary<uint64_t>(lhs, rhs, out, function);
        }
        apply_binary<T>(lhs, rhs, out, function);
      },
      x.values());
  result.normalise();
  return result;
}

// As binary, for operations that integers alone have.
template <typename F>
Array binary_bits(Operands operands, F function) {
  return binary(operands, [&](auto x, auto y) {
    if constexpr (kIsInteger<decltype(x)>) {
      return function(x, y);
    } else {
      return x;
    }
  });
}

// Wrapping arithmetic: signed overflow has no meaning in C++, unsigned has.
template <typename T>
auto wrapping(T x) {
  if constexpr (kIsInteger<T>) {
    return static_cast<uint64_t>(x);
  } else {
    return x;
  }
}

struct Divide {
  template <typename T>
  T operator()(T x, T y) const {
    if constexpr (kIsInteger<T>) {
      if (y == 0) return static_cast<T>(-1);
      if (std::is_signed_v<T> && y == static_cast<T>(-1)) return static_cast<T>(-wrapping(x));
    }
    return x / y;
  }
};

struct Maximum {
  template <typename T>
  T operator()(T x, T y) const {
    return x != x || x > y ? x : y;  // y when it is NaN: no comparison with it holds
  }
};

struct Minimum {
  template <typename T>
  T operator()(T x, T y) const {
    return x != x || x < y ? x : y;
  }
};

struct Power {
  template <typename T>
  T operator()(T x, T y) const {
    if constexpr (kIsInteger<T>) {
      return integer_power(x, y);
    } else {
      return std::pow(x, y);
    }
  }
  template <typename T>
  static T integer_power(T x, T y) {
    if (std::is_signed_v<T> && y < 0) {
      if (x == static_cast<T>(-1)) return y % 2 == 0 ? 1 : static_cast<T>(-1);
      return x == 1 ? 1 : 0;
    }
    uint64_t base = wrapping(x), result = 1;
    for (uint64_t exponent = static_cast<uint64_t>(y); exponent != 0; exponent >>= 1, base *= base) {
      if (exponent & 1) result *= base;
    }
    return static_cast<T>(result);
  }
};

struct Sign {
  template <typename T>
  T operator()(T x) const {
    return x > 0 ? T(1) : x < 0 ? T(-1) : x;  // keeps NaN and -0
  }
};

// An integer that orders floats as IEEE's total order does: -NaN < -inf < ... < -0 < +0 < ... < inf < NaN.
template <typename T>
int64_t total_order_key(T x) {
  int64_t bits = 0;
  if constexpr (std::is_same_v<T, float>) {
    bits = std::bit_cast<std::int32_t>(x);
  } else {
    bits = std::bit_cast<int64_t>(static_cast<double>(x));
  }
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

// One comparison for all elements: the direction is looked at once.
template <typename T, typename Key>
void compare_all(stablehlo::ComparisonDirection direction, const std::vector<T>& lhs,
                 const std::vector<T>& rhs, std::vector<int64_t>& out, Key key) {
  auto run = [&](auto compare) {
    for (std::size_t i = 0; i < lhs.size(); ++i) out[i] = compare(key(lhs[i]), key(rhs[i]));
  };
  using enum stablehlo::ComparisonDirection;
  switch (direction) {
    case EQ:
      return run(std::equal_to<>());
    case NE:
      return run(std::not_equal_to<>());
    case GE:
      return run(std::greater_equal<>());
    case GT:
      return run(std::greater<>());
    case LE:
      return run(std::less_equal<>());
    case LT:
      return run(std::less<>());
  }
}

// Floats become integers toward zero, at the nearest bound outside the range; NaN becomes 0.
template <typename From>
int64_t to_integer(From value, ElementType to) {
  if constexpr (kIsInteger<From>) {
    return value;
  } else {
    if (value != value) return 0;
    if (to == ElementType::kBool) return value != 0;
    if (to == ElementType::kU64) {
      if (value <= 0) return 0;
      return value >= From(0x1p64) ? -1 : static_cast<int64_t>(static_cast<uint64_t>(value));
    }
    if (value >= From(0x1p63)) return INT64_MAX;
    return value <= From(-0x1p63) ? INT64_MIN : static_cast<int64_t>(value);
  }
}

// A scalar operand stands for an array of it.
const Array& widened(const Array& operand, const Array& like, Array& storage) {
  if (operand.shape() == like.shape()) return operand;
  storage = Array(operand.type(), like.shape());
  std::visit(
      [&](const auto& in) {
        auto& out = std::get<std::decay_t<decltype(in)>>(storage.values());
        std::fill(out.begin(), out.end(), in[0]);
      },
      operand.values());
  return storage;
}

}  // namespace

Array evaluate_abs(mlir::Operation* op, Operands operands) {
  if (is_unsigned(operands[0]->type())) return *operands[0];
  return unary(op, operands, [](auto x) -> decltype(x) {
    if constexpr (kIsInteger<decltype(x)>) {
      return x < 0 ? static_cast<int64_t>(-wrapping(x)) : x;
    } else {
      return std::fabs(x);
    }
  });
}

Array evaluate_add(mlir::Operation*, Operands operands) {
  return binary(operands, [](auto x, auto y) { return wrapping(x) + wrapping(y); });
}

Array evaluate_subtract(mlir::Operation*, Operands operands) {
  return binary(operands, [](auto x, auto y) { return wrapping(x) - wrapping(y); });
}

Array evaluate_multiply(mlir::Operation*, Operands operands) {
  return binary(operands, [](auto x, auto y) { return wrapping(x) * wrapping(y); });
}

Array evaluate_divide(mlir::Operation*, Operands operands) { return binary(operands, Divide()); }
Array evaluate_maximum(mlir::Operation*, Operands operands) { return binary(operands, Maximum()); }
Array evaluate_minimum(mlir::Operation*, Operands operands) { return binary(operands, Minimum()); }
Array evaluate_power(mlir::Operation*, Operands operands) { return binary(operands, Power()); }

Array evaluate_and(mlir::Operation*, Operands operands) {
  return binary_bits(operands, [](auto x, auto y) { return x & y; });
}

Array evaluate_or(mlir::Operation*, Operands operands) {
  return binary_bits(operands, [](auto x, auto y) { return x | y; });
}

Array evaluate_xor(mlir::Operation*, Operands operands) {
  return binary_bits(operands, [](auto x, auto y) { return x ^ y; });
}

Array evaluate_not(mlir::Operation* op, Operands operands) {
  bool logical = operands[0]->type() == ElementType::kBool;
  return unary(op, operands, [&](auto x) -> decltype(x) {
    if constexpr (kIsInteger<decltype(x)>) {
      return logical ? !x : ~x;
    } else {
      return x;
    }
  });
}

Array evaluate_negate(mlir::Operation* op, Operands operands) {
  return unary(op, operands, [](auto x) -> decltype(x) { return -wrapping(x); });
}

Array evaluate_sign(mlir::Operation* op, Operands operands) {
  if (operands[0]->type() == ElementType::kU64)
    return unary(op, operands, [](auto x) -> decltype(x) { return x != 0; });
  return unary(op, operands, Sign());
}

Array evaluate_ceil(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::ceil(x); });
}

Array evaluate_cosine(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::cos(x); });
}

Array evaluate_exponential(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::exp(x); });
}

Array evaluate_exponential_minus_one(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::expm1(x); });
}

Array evaluate_floor(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::floor(x); });
}

Array evaluate_log(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::log(x); });
}

Array evaluate_log_plus_one(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::log1p(x); });
}

Array evaluate_logistic(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return 1 / (1 + std::exp(-x)); });
}

Array evaluate_round(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::round(x); });
}

Array evaluate_rsqrt(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return 1 / std::sqrt(x); });
}

Array evaluate_sine(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::sin(x); });
}

Array evaluate_sqrt(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::sqrt(x); });
}

Array evaluate_tanh(mlir::Operation* op, Operands operands) {
  return unary_float(op, operands, [](auto x) { return std::tanh(x); });
}

Array evaluate_compare(mlir::Operation* op, Operands operands) {
  auto compare = llvm::cast<stablehlo::CompareOp>(op);
  const Array &x = *operands[0], &y = *operands[1];
  const auto direction = compare.getComparisonDirection();
  const bool as_unsigned = is_unsigned(x.type());
  const bool by_total_order = compare.getCompareType() == stablehlo::ComparisonType::TOTALORDER;
  Array result(ElementType::kBool, x.shape());
  auto& out = result.as<int64_t>();
  std::visit(
      [&](const auto& lhs) {
        using Vector = std::decay_t<decltype(lhs)>;
        using T = typename Vector::value_type;
        auto& rhs = std::get<Vector>(y.values());
        if constexpr (kIsInteger<T>) {
          if (as_unsigned)
            return compare_all(direction, lhs, rhs, out, [](T v) { return static_cast<uint64_t>(v); });
        } else if (by_total_order) {
          return compare_all(direction, lhs, rhs, out, [](T v) { return total_order_key(v); });
        }
        compare_all(direction, lhs, rhs, out, [](T v) { return v; });
      },
      x.values());
  return result;
}

Array evaluate_select(mlir::Operation*, Operands operands) {
  Array storage;
  const auto& pred = widened(*operands[0], *operands[1], storage).as<int64_t>();
  Array result = *operands[2];
  std::visit(
      [&](auto& out) {
        auto& chosen = std::get<std::decay_t<decltype(out)>>(operands[1]->values());
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = pred[i] ? chosen[i] : out[i];
      },
      result.values());
  return result;
}

Array evaluate_clamp(mlir::Operation*, Operands operands) {
  Array low, high;
  Array raised = binary({operands[1], &widened(*operands[0], *operands[1], low)}, Maximum());
  return binary({&raised, &widened(*operands[2], *operands[1], high)}, Minimum());
}

Array evaluate_convert(mlir::Operation* op, Operands operands) {
  const Array& x = *operands[0];
  Array result(result_type(op), x.shape());
  bool from_unsigned = x.type() == ElementType::kU64;
  std::visit(
      [&](const auto& in, auto& out) {
        using From = typename std::decay_t<decltype(in)>::value_type;
        using To = typename std::decay_t<decltype(out)>::value_type;
        for (std::size_t i = 0; i < in.size(); ++i) {
          if constexpr (kIsInteger<To>) {
            out[i] = to_integer(in[i], result.type());
          } else if constexpr (kIsInteger<From>) {
            out[i] = from_unsigned ? static_cast<To>(static_cast<uint64_t>(in[i])) : static_cast<To>(in[i]);
          } else {
            out[i] = static_cast<To>(in[i]);
          }
        }
      },
      x.values(), result.values());
  result.normalise();
  return result;
}

}  // namespace sotto::ir
