// Keys that several kinds of job files have. All throw kUsage with the place, as the reader does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/toml_reader.h"

namespace sotto::learn {

std::int64_t whole_number(runtime::TomlReader& reader, std::string_view key, std::int64_t otherwise,
                          double least, double most);

// Names become those of tensors and files.
void check_name(runtime::TomlReader& reader, const std::string& key, const std::string& name);

// `margin_bits`, 0 to 8.
int margin_bits_or(runtime::TomlReader& reader, int otherwise);

}  // namespace sotto::learn
