#include "runtime/toml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"

namespace sotto::runtime {
namespace {

constexpr std::size_t kMaximumTextBytes = 4096;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

// For messages: what is not printable becomes a question mark.
std::string shown(std::string_view text) {
  std::string result(text.substr(0, 100));
  std::ranges::replace_if(result, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return result;
}

}  // namespace

std::string TomlReader::place_of(std::string_view key) const {
  auto where = table_.source().begin;
  if (const auto* node = table_.get(key)) where = node->source().begin;
  return fmt::format("{}:{}:{}", file_, where.line, where.column);
}

void TomlReader::fail(std::string_view key, const std::string& problem, const std::string& hint) const {
  const auto name = path_.empty() ? shown(key) : path_ + (key.empty() ? "" : "." + shown(key));
  throw Error(ErrorKind::kUsage,
              fmt::format("{}: {} {}", place_of(key), name.empty() ? "the file" : name, problem), hint);
}

const toml::node* TomlReader::find(std::string_view key) {
  asked_.emplace(key);
  return table_.get(key);
}

std::string TomlReader::checked_text(std::string_view key, const toml::node& node) const {
  const auto text = node.value_exact<std::string>();
  if (!text || text->empty() || text->size() > kMaximumTextBytes || !is_printable(*text))
    fail(key, "must be text, not empty and printable");
  return *text;
}

std::string TomlReader::required_text(std::string_view key) {
  const auto* node = find(key);
  if (!node) fail("", fmt::format("lacks \"{}\"", key), fmt::format("Add {} = \"...\".", key));
  return checked_text(key, *node);
}

std::string TomlReader::text_or(std::string_view key, std::string_view otherwise) {
  const auto* node = find(key);
  return node ? checked_text(key, *node) : std::string(otherwise);
}

double TomlReader::number_or(std::string_view key, double otherwise, double minimum, double maximum) {
  const auto* node = find(key);
  if (!node) return otherwise;
  const auto value = node->is_number() ? node->value<double>() : std::nullopt;
  if (!value || !(*value >= minimum && *value <= maximum))
    fail(key, fmt::format("must be a number from {} to {}", minimum, maximum));
  return *value;
}

bool TomlReader::boolean_or(std::string_view key, bool otherwise) {
  const auto* node = find(key);
  if (!node) return otherwise;
  const auto value = node->value_exact<bool>();
  if (!value) fail(key, "must be true or false");
  return *value;
}

std::vector<std::string> TomlReader::texts(std::string_view key) {
  const auto* node = find(key);
  if (!node) return {};
  const auto* array = node->as_array();
  if (!array) fail(key, "must be a list of texts", "Write it as [\"one\", \"two\"].");
  std::vector<std::string> result;
  for (const auto& item : *array) result.push_back(checked_text(key, item));
  return result;
}

std::optional<std::vector<double>> TomlReader::numbers(std::string_view key, double minimum, double maximum) {
  const auto* node = find(key);
  const auto* array = node ? node->as_array() : nullptr;
  if (!array) return std::nullopt;
  std::vector<double> result;
  for (const auto& item : *array) {
    const auto value = item.is_number() ? item.value<double>() : std::nullopt;
    if (!value || !(*value >= minimum && *value <= maximum))
      fail(key, fmt::format("must hold numbers from {} to {}", minimum, maximum));
    result.push_back(*value);
  }
  return result;
}

void TomlReader::for_each_table(std::string_view key,
                                const std::function<void(const std::string&, TomlReader&)>& function) {
  with_table(key, [&](TomlReader& outer) {
    for (const auto& name : outer.keys())
      outer.with_table(name, [&](TomlReader& inner) { function(name, inner); });
  });
}

void TomlReader::with_table(std::string_view key, const std::function<void(TomlReader&)>& function) {
  const auto* node = find(key);
  if (!node) return;
  const auto* table = node->as_table();
  if (!table) fail(key, "must be a table");
  TomlReader reader(*table, file_, path_.empty() ? shown(key) : path_ + "." + shown(key));
  function(reader);
  reader.expect_no_more();
}

std::vector<std::string> TomlReader::keys() const {
  std::vector<std::string> names;
  for (const auto& [key, node] : table_) {
    if (key.str().empty() || key.str().size() > 200 || !is_printable(key.str()))
      fail(key.str(), "is no usable name");
    names.emplace_back(key.str());
  }
  return names;
}

void TomlReader::expect_no_more() const {
  for (const auto& [key, node] : table_)
    if (!asked_.contains(key.str()))
      fail(key.str(), "is not known", fmt::format("Known here are: {}.", fmt::join(asked_, ", ")));
}

toml::table parse_toml(std::string_view text, const std::string& file) {
  try {
    return toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    const auto where = error.source().begin;
    throw Error(ErrorKind::kUsage,
                fmt::format("{}:{}:{}: {}", file, where.line, where.column, shown(error.description())),
                "The file must be TOML (https://toml.io).");
  }
}

std::string read_text_file(const std::string& file, std::size_t maximum_bytes) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  std::ifstream stream(file, std::ios::binary);
  if (code || !stream)
    throw Error(ErrorKind::kUsage, fmt::format("cannot read {}", file),
                "Check the path and the file's permissions.");
  if (size > maximum_bytes)
    throw Error(ErrorKind::kUsage, fmt::format("{} is larger than {} bytes", file, maximum_bytes),
                "Is this the right file?");
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

}  // namespace sotto::runtime
