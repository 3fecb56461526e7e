// Reading TOML with errors that say where: every key is asked for once, and what nobody asked for is refused.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::runtime {

class TomlReader {
 public:
  // `path` is how errors name this table: "" for the file, "parties.alice".
  TomlReader(const toml::table& table, std::string file, std::string path)
      : table_(table), file_(std::move(file)), path_(std::move(path)) {}

  bool has(std::string_view key) {
    asked_.emplace(key);
    return table_.contains(key);
  }
  // A non-empty printable text; required_text complains when the key is missing.
  std::string required_text(std::string_view key);
  std::string text_or(std::string_view key, std::string_view otherwise);
  double number_or(std::string_view key, double otherwise, double minimum, double maximum);
  bool boolean_or(std::string_view key, bool otherwise);
  std::vector<std::string> texts(std::string_view key);  // empty when missing
  // Nothing when it is missing or no list.
  std::optional<std::vector<double>> numbers(std::string_view key, double minimum, double maximum);
  // Calls function(key, reader of the table) for each entry of a table of tables; nothing when missing.
  void for_each_table(std::string_view key,
                      const std::function<void(const std::string&, TomlReader&)>& function);
  // Calls function(entry) for each key of a table; nothing when missing. Entries are read with the reader
  // given.
  void with_table(std::string_view key, const std::function<void(TomlReader&)>& function);
  std::vector<std::string> keys() const;

  // "job.toml:12:3", where the key's value is.
  std::string place_of(std::string_view key) const;

  // Throws unless every key was asked for.
  void expect_no_more() const;
  [[noreturn]] void fail(std::string_view key, const std::string& problem,
                         const std::string& hint = "") const;

 private:
  const toml::node* find(std::string_view key);
  std::string checked_text(std::string_view key, const toml::node& node) const;

  const toml::table& table_;
  std::string file_, path_;
  std::set<std::string, std::less<>> asked_;
};

// Throws ErrorKind::kUsage with line and column.
toml::table parse_toml(std::string_view text, const std::string& file);
std::string read_text_file(const std::string& file, std::size_t maximum_bytes);

}  // namespace sotto::runtime
