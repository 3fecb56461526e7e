#include "plan/initializer.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

#include "base/error.h"
#include "plan/splitmix.h"

namespace sotto::plan {
namespace {

// FNV-1a, 64 bits.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (char character : name) hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3u;
  return hash;
}

struct Parsed {
  std::string_view kind;
  std::vector<std::int64_t> numbers;
};

std::optional<Parsed> split(std::string_view text) {
  Parsed parsed;
  std::size_t colon = text.find(':');
  parsed.kind = text.substr(0, colon);
  while (colon != std::string_view::npos) {
    text.remove_prefix(colon + 1);
    colon = text.find(':');
    const std::string_view number = text.substr(0, colon);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || end != number.data() + number.size() || value < 1 || value > (1 << 30))
      return std::nullopt;
    parsed.numbers.push_back(value);
  }
  return parsed;
}

// Half the width of the uniform distribution; 0 for zeros; nothing when the text is no initializer.
std::optional<double> half_width(std::string_view text) {
  const auto parsed = split(text);
  if (!parsed) return std::nullopt;
  const auto& [kind, numbers] = *parsed;
  if (kind == "zeros" && numbers.empty()) return 0.0;
  if (kind == "he_uniform" && numbers.size() == 1) return std::sqrt(6.0 / static_cast<double>(numbers[0]));
  if (kind == "glorot_uniform" && numbers.size() == 2)
    return std::sqrt(6.0 / static_cast<double>(numbers[0] + numbers[1]));
  if (kind == "torch_linear" && numbers.size() == 1) return 1.0 / std::sqrt(static_cast<double>(numbers[0]));
  return std::nullopt;
}

double checked_half_width(std::string_view text) {
  const auto width = half_width(text);
  if (!width)
    throw Error(ErrorKind::kPlan, fmt::format("unknown initializer \"{}\"", text.substr(0, 80)),
                "Known are zeros, he_uniform:IN, glorot_uniform:IN:OUT, torch_linear:IN and stored.");
  return *width;
}

}  // namespace

void check_initializer(std::string_view text) {
  if (text != kStored) checked_half_width(text);
}

std::vector<double> initial_values(std::string_view text, std::uint64_t seed, std::string_view name,
                                   const Shape& shape) {
  const double width = checked_half_width(text);
  std::vector<double> values(static_cast<std::size_t>(element_count(shape)), 0.0);
  if (width == 0) return values;
  SplitMix random(seed ^ hash_of(name));
  for (double& value : values) value = width * (2 * random.unit() - 1);
  return values;
}

}  // namespace sotto::plan
