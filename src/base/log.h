// Log lines to standard error, with level and party. Never log a secret value, a share, a key or a mask.
//
// Thread-safe. Arguments of a line below the level are not formatted.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace sotto::log {

enum class Level { kDebug, kInfo, kWarning, kError, kOff };

// "debug", "info", "warning", "error" or "off"; anything else throws ErrorKind::kUsage.
Level level_from(std::string_view name);

// The default is kInfo.
void set_level(Level level);
bool enabled(Level level);
// The party's name, shown in every line; empty shows none.
void set_party(std::string_view name);
// Lines go to this file (appended) instead of standard error. Throws ErrorKind::kSystem when it cannot be
// opened.
void set_file(const std::string& path);

void write(Level level, std::string_view message);

template <class... Args>
void line(Level level, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(level)) write(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
  line(Level::kDebug, format, std::forward<Args>(args)...);
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
  line(Level::kInfo, format, std::forward<Args>(args)...);
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
  line(Level::kWarning, format, std::forward<Args>(args)...);
}
template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
  line(Level::kError, format, std::forward<Args>(args)...);
}

}  // namespace sotto::log
