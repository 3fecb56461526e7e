#include "kernels/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sotto::kernels {

using protocols::Kind;

namespace {
constexpr std::int64_t kMaximumElements = std::int64_t{1} << 36;  // what shares and tables can be counted for
}

Check::Check(const char* kernel, const Call& call, std::size_t least_operands, std::size_t most_operands,
             std::size_t results)
    : kernel_(kernel), call_(call) {
  const std::size_t count = call.operand_types.size();
  if (count < least_operands || count > most_operands)
    fail(fmt::format("takes {} to {} operands, not {}", least_operands, most_operands, count));
  if (call.result_types.size() != results)
    fail(fmt::format("gives {} results, not {}", results, call.result_types.size()));
  for (const ValueType& type : call.operand_types) common(type, "an operand");
  for (const ValueType& type : call.result_types) common(type, "a result");
}

void Check::fail(const std::string& what) const {
  throw Error(ErrorKind::kPlan, fmt::format("kernel {}: {}", kernel_, what),
              "The plan is malformed: compile it again with this version of Sotto.");
}

void Check::common(const ValueType& type, const char* role) const {
  if (type.shape.size() > kMaximumRank)
    fail(fmt::format("{} has rank {}, more than {}", role, type.shape.size(), kMaximumRank));
  try {
    if (element_count(type.shape) > kMaximumElements)
      fail(fmt::format("{} of shape {} has more than 2^36 elements", role, to_string(type.shape)));
  } catch (const Error& error) {
    fail(fmt::format("{}: {}", role, error.message()));
  }
  if (type.kind != Kind::kPublic && type.kind != Kind::kArithmetic && type.kind != Kind::kBoolean)
    fail(fmt::format("{} is of an unknown kind", role));
  if (type.kind == Kind::kBoolean) return;
  if (type.fraction_bits < 0 || type.fraction_bits > kMaximumBits)
    fail(fmt::format("{} has {} fraction bits, not 0 to {}", role, type.fraction_bits, kMaximumBits));
  if (type.bound_bits < -kMaximumBits || type.bound_bits > kMaximumBits)
    fail(fmt::format("{} is bounded by 2^{}, beyond 2^{}", role, type.bound_bits, kMaximumBits));
  if (type.fraction_bits + type.bound_bits > kMaximumBits)
    fail(fmt::format("{} overflows: below 2^{} with {} fraction bits needs more than {} bits", role,
                     type.bound_bits, type.fraction_bits, kMaximumBits));
}

void Check::numeric(const ValueType& type, const char* name) const {
  if (type.kind == Kind::kBoolean) fail(fmt::format("{} is Boolean, where a number is needed", name));
}

void Check::arithmetic(const ValueType& type, const char* name) const {
  if (type.kind != Kind::kArithmetic) fail(fmt::format("{} is not an arithmetic share", name));
}

void Check::boolean(const ValueType& type, const char* name) const {
  if (type.kind != Kind::kBoolean) fail(fmt::format("{} is not Boolean", name));
}

void Check::shape(const ValueType& type, const Shape& expected, const char* name) const {
  if (type.shape != expected)
    fail(fmt::format("{} has shape {}, not {}", name, to_string(type.shape), to_string(expected)));
}

void Check::linear_result() const {
  bool all_public = true;
  for (const ValueType& type : call_.operand_types) {
    numeric(type, "an operand");
    all_public = all_public && type.kind == Kind::kPublic;
  }
  if (result().kind != (all_public ? Kind::kPublic : Kind::kArithmetic))
    fail("the result is public exactly if all operands are, else arithmetic");
}

void Check::shifts_up(const ValueType& from, const ValueType& to) const {
  if (from.fraction_bits > to.fraction_bits)
    fail(fmt::format("an operand with {} fraction bits cannot become a result with {}: truncate it first",
                     from.fraction_bits, to.fraction_bits));
}

void Check::same_fraction(const ValueType& from, const ValueType& to) const {
  if (from.kind != Kind::kBoolean && from.fraction_bits != to.fraction_bits)
    fail(fmt::format("fraction bits must not change, but do from {} to {}", from.fraction_bits,
                     to.fraction_bits));
}

std::int64_t Check::within(std::string_view name, std::int64_t otherwise, std::int64_t least,
                           std::int64_t most) const {
  const std::int64_t value = integer_or(call_.attributes, name, otherwise);
  if (value < least || value > most) fail(fmt::format("{} is {}, not {} to {}", name, value, least, most));
  return value;
}

double Check::positive(std::string_view name) const {
  const double value = real(call_.attributes, name);
  if (!std::isfinite(value) || value <= 0) fail(fmt::format("{} is {}, not a positive number", name, value));
  return value;
}

std::vector<std::int64_t> Check::axes(std::string_view name, std::size_t rank) const {
  std::vector<std::int64_t> list = integers(call_.attributes, name);
  std::vector<std::int64_t> sorted = list;
  std::sort(sorted.begin(), sorted.end());
  const bool distinct = std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end();
  if (!distinct ||
      (!sorted.empty() && (sorted.front() < 0 || sorted.back() >= static_cast<std::int64_t>(rank))))
    fail(fmt::format("{} lists distinct axes of 0 to {}", name, static_cast<std::int64_t>(rank) - 1));
  return list;
}

}  // namespace sotto::kernels
