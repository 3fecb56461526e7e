#include "kernels/kernel.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sotto::kernels {
namespace {

[[noreturn]] void missing(std::string_view name, const char* type) {
  throw Error(ErrorKind::kPlan, fmt::format("attribute '{}' is missing or not {}", name, type),
              "The plan is malformed: compile it again with this version of Sotto.");
}

template <class T>
const T* find(const Attributes& attributes, std::string_view name, const char* type) {
  const auto at = attributes.find(name);
  if (at == attributes.end()) return nullptr;
  const T* value = std::get_if<T>(&at->second);
  if (value == nullptr) missing(name, type);
  return value;
}

template <class T>
const T& get(const Attributes& attributes, std::string_view name, const char* type) {
  const T* value = find<T>(attributes, name, type);
  if (value == nullptr) missing(name, type);
  return *value;
}

// The number of single-character edits between two names.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::int64_t integer(const Attributes& attributes, std::string_view name) {
  return get<std::int64_t>(attributes, name, "an integer");
}

std::int64_t integer_or(const Attributes& attributes, std::string_view name, std::int64_t otherwise) {
  const auto* value = find<std::int64_t>(attributes, name, "an integer");
  return value ? *value : otherwise;
}

double real(const Attributes& attributes, std::string_view name) {
  return get<double>(attributes, name, "a real number");
}

const std::string& text(const Attributes& attributes, std::string_view name) {
  return get<std::string>(attributes, name, "a text");
}

std::string text_or(const Attributes& attributes, std::string_view name, std::string otherwise) {
  const auto* value = find<std::string>(attributes, name, "a text");
  return value ? *value : otherwise;
}

std::vector<std::int64_t> integers(const Attributes& attributes, std::string_view name) {
  const auto* value = find<std::vector<std::int64_t>>(attributes, name, "a list of integers");
  return value ? *value : std::vector<std::int64_t>{};
}

std::vector<double> reals(const Attributes& attributes, std::string_view name) {
  const auto* value = find<std::vector<double>>(attributes, name, "a list of real numbers");
  return value ? *value : std::vector<double>{};
}

const Kernel& kernel_named(std::string_view name) {
  std::vector<std::pair<std::size_t, const Kernel*>> near;
  for (const Kernel& kernel : all_kernels()) {
    if (name == kernel.name) return kernel;
    near.emplace_back(distance(name.substr(0, 64), kernel.name), &kernel);
  }
  std::sort(near.begin(), near.end());  // ties in the table's order
  throw Error(
      ErrorKind::kPlan, fmt::format("there is no kernel '{}'", name.substr(0, 64)),
      fmt::format("Closest: {}, {}, {}.", near[0].second->name, near[1].second->name, near[2].second->name));
}

std::string_view variant_of(const Attributes& attributes) {
  constexpr std::array<std::string_view, 3> names = {"few bytes", "balanced", "few rounds"};
  const std::int64_t effort = integer_or(attributes, "effort", -1);
  return effort < 0 || effort >= static_cast<std::int64_t>(names.size())
             ? std::string_view()
             : names[static_cast<std::size_t>(effort)];
}

void describe(protocols::Share& share, const ValueType& type) {
  share.known_to = type.known_to;
  share.known_bits = type.known_to < 0 ? 64 : std::clamp(type.fraction_bits + type.bound_bits + 1, 2, 64);
}

}  // namespace sotto::kernels
