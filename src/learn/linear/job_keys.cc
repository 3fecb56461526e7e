#include "learn/linear/job_keys.h"

#include <algorithm>
#include <cctype>
#include <cmath>

namespace sotto::learn {

using runtime::TomlReader;

std::int64_t whole_number(TomlReader& reader, std::string_view key, std::int64_t otherwise, double least,
                          double most) {
  const double value = reader.number_or(key, static_cast<double>(otherwise), least, most);
  if (value != std::floor(value)) reader.fail(key, "must be a whole number");
  return static_cast<std::int64_t>(value);
}

void check_name(TomlReader& reader, const std::string& key, const std::string& name) {
  const bool good = name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
                      return std::isalnum(c) || c == '-' || c == '_';
                    });
  if (!good) reader.fail(key, "must be letters, digits, - and _ only, at most 64");
}

int margin_bits_or(TomlReader& reader, int otherwise) {
  return static_cast<int>(whole_number(reader, "margin_bits", otherwise, 0, 8));
}

}  // namespace sotto::learn
