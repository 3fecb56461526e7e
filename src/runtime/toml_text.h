// Job files that Sotto writes itself.
#pragma once

#include <filesystem>
#include <string>

namespace sotto::runtime {

// TOML's basic string.
inline std::string toml_quoted(const std::string& text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

inline std::string toml_path(const std::filesystem::path& path) {
  return toml_quoted(std::filesystem::absolute(path).string());
}

}  // namespace sotto::runtime
