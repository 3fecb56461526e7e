// Quantities as people read them: 1.25 MiB, 3.2 s, 12.5 k.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

namespace sotto {

// Three significant digits and a binary unit: "0 B", "1023 B", "1.00 KiB", "12.3 MiB".
inline std::string human_bytes(std::uint64_t bytes) {
  static constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto value = static_cast<double>(bytes);
  int unit = 0;
  // 1023.5 would print as 1024.
  for (; value >= 1023.5; ++unit) value /= 1024;
  return fmt::format("{:.{}f} {}", value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, kUnits[unit]);
}

// "850 ns", "12.3 µs", "4.56 ms", "7.89 s", "2 min 05 s", "3 h 07 min", "2 d 04 h"; "unknown" unless finite
// and >= 0.
inline std::string human_seconds(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) return "unknown";
  if (seconds >= 59.95) {
    const double rounded = std::min(std::round(seconds), 1e15);
    const auto whole = static_cast<std::int64_t>(rounded);
    if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
    if (whole < 86400) return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
    return fmt::format("{} d {:02} h", whole / 86400, whole / 3600 % 24);
  }
  if (seconds == 0) return "0 s";
  static constexpr const char* kUnits[] = {"ns", "µs", "ms", "s"};
  double value = seconds * 1e9;
  int unit = 0;
  for (; value >= 999.5 && unit < 3; ++unit) value /= 1000;
  return fmt::format("{:.{}f} {}", value,
                     unit == 0 || value >= 99.95 ? 0
                     : value < 9.995             ? 2
                                                 : 1,
                     kUnits[unit]);
}

// Three significant digits and a decimal unit: "950", "12.3 k", "4.56 M".
inline std::string human_count(double count) {
  static constexpr const char* kUnits[] = {"", " k", " M", " G", " T", " P"};
  if (std::abs(count) < 999.5) return fmt::format("{:.3g}", count);
  int unit = 0;
  for (; std::abs(count) >= 999.5 && unit < 5; ++unit) count /= 1000;
  const double size = std::abs(count);
  return fmt::format("{:.{}f}{}", count, size < 9.995 ? 2 : size < 99.95 ? 1 : 0, kUnits[unit]);
}

}  // namespace sotto
