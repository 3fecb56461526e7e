#include "learn/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>

#include "base/error.h"
#include "runtime/data.h"

namespace sotto::learn {
namespace {

constexpr std::size_t kMaximumColumns = 1 << 20;

// The fields of one record after another.
class Records {
 public:
  Records(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {
    constexpr std::string_view kMark = "\xef\xbb\xbf";
    if (text_.starts_with(kMark)) at_ = kMark.size();
  }

  // False at the end. Empty lines are no records.
  bool next(std::vector<std::string>& fields) {
    while (at_ < text_.size() && (text_[at_] == '\n' || text_[at_] == '\r')) skip_line_end();
    if (at_ >= text_.size()) return false;
    record_line_ = line_;
    fields.clear();
    while (true) {
      fields.push_back(field());
      if (fields.size() > kMaximumColumns) fail("has more columns than can be read");
      if (at_ >= text_.size()) return true;
      if (text_[at_] == ',') {
        ++at_;
        continue;
      }
      skip_line_end();
      return true;
    }
  }

  std::size_t line() const { return record_line_; }
  [[noreturn]] void fail(const std::string& problem, const std::string& hint = "") const {
    throw Error(ErrorKind::kData, fmt::format("{}:{}: {}", file_, record_line_, problem), hint);
  }

 private:
  void skip_line_end() {
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    ++line_;
  }

  std::string field() {
    if (at_ < text_.size() && text_[at_] == '"') return quoted();
    const auto end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
    std::string_view found = text_.substr(at_, end - at_);
    at_ = end;
    while (!found.empty() && (found.front() == ' ' || found.front() == '\t')) found.remove_prefix(1);
    while (!found.empty() && (found.back() == ' ' || found.back() == '\t')) found.remove_suffix(1);
    return std::string(found);
  }

  std::string quoted() {
    std::string found;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') ++line_;
      if (text_[at_] != '"') {
        found += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        found += text_[++at_];
      } else {
        ++at_;
        if (at_ < text_.size() && text_[at_] != ',' && text_[at_] != '\r' && text_[at_] != '\n')
          fail("has text after a closing quote");
        return found;
      }
    }
    fail("has a quote that is never closed");
  }

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0, line_ = 1, record_line_ = 1;
};

// A header's name in a message: it may be anything.
std::string shown(const std::string& name) {
  std::string text = name.substr(0, 100);
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return text;
}

class Reader {
 public:
  Reader(std::string_view text, const TableLayout& layout, const std::string& file)
      : layout_(layout), file_(file), records_(text, file) {}

  Table read() {
    if (!records_.next(header_))
      throw Error(ErrorKind::kData, fmt::format("{} is empty", file_), "Its first line names the columns.");
    choose_columns();
    std::vector<std::string> fields;
    while (records_.next(fields)) add(fields);
    if (table_.rows == 0)
      throw Error(ErrorKind::kData, fmt::format("{} has a header and no rows", file_),
                  "Is it the right file?");
    return std::move(table_);
  }

 private:
  void choose_columns() {
    std::set<std::string> seen;
    for (const auto& name : header_)
      if (!seen.insert(name).second)
        records_.fail(fmt::format("two columns are called \"{}\"", shown(name)), "Give each its own name.");
    if (!layout_.id.empty()) id_ = column(layout_.id, "id");
    if (!layout_.label.empty()) label_ = column(layout_.label, "label");
    for (const auto& name : layout_.without) column(name, "without");
    if (layout_.features.empty() && !layout_.exactly) {
      for (std::size_t i = 0; i < header_.size(); ++i)
        if (i != id_ && i != label_ &&
            std::ranges::find(layout_.without, header_[i]) == layout_.without.end())
          take(i);
    } else {
      for (const auto& name : layout_.features) take(column(name, layout_.listed_by.c_str()));
    }
    if (features_.empty() && label_ == kNone && !layout_.exactly)
      records_.fail("has neither features nor a label",
                    "Which columns are meant? See `features`, `without`.");
  }

  void take(std::size_t index) {
    if (index == label_)
      throw Error(ErrorKind::kUsage,
                  fmt::format("{}: the label \"{}\" is among the features", file_, shown(header_[index])));
    features_.push_back(index);
    table_.features.push_back(header_[index]);
  }

  std::size_t column(const std::string& name, const char* key) {
    const auto found = std::ranges::find(header_, name);
    if (found != header_.end()) return static_cast<std::size_t>(found - header_.begin());
    std::vector<std::string> names;
    for (const auto& known : header_)
      if (names.size() < 20) names.push_back(shown(known));
    throw Error(ErrorKind::kUsage,
                fmt::format("{} has no column \"{}\", which `{}` names", file_, shown(name), key),
                fmt::format("Its columns are {}{}.", fmt::join(names, ", "),
                            header_.size() > names.size() ? ", ..." : ""));
  }

  void add(const std::vector<std::string>& fields) {
    if (fields.size() != header_.size())
      records_.fail(fmt::format("has {} fields, the header {}", fields.size(), header_.size()),
                    "Is a comma missing, or one too many? Texts with commas stand in quotes.");
    if (id_ != kNone) {
      if (fields[id_].empty()) records_.fail(fmt::format("column \"{}\" has no id", shown(layout_.id)));
      table_.ids.push_back(fields[id_]);
    }
    if (label_ != kNone) table_.labels.push_back(number(fields, label_));
    for (auto index : features_) table_.values.push_back(number(fields, index));
    ++table_.rows;
  }

  double number(const std::vector<std::string>& fields, std::size_t index) {
    const std::string& text = fields[index];
    static const std::set<std::string, std::less<>> kMissing{"",    "NA",   "N/A",  "na", "nan",
                                                             "NaN", "NULL", "null", "?",  "-"};
    const auto where = fmt::format("column \"{}\"", shown(header_[index]));
    if (kMissing.contains(text))
      records_.fail(
          where + " has no value",
          "Fill missing values in (with the column's mean, say), or leave the column out: without = [...].");
    const char *begin = text.data(), *end = begin + text.size();
    if (*begin == '+') ++begin;
    double value = 0;
    const auto parsed = std::from_chars(begin, end, value);
    if (parsed.ec == std::errc::result_out_of_range || (parsed.ptr == end && !std::isfinite(value)))
      records_.fail(where + " holds a number that is too large", "Give it in a larger unit.");
    if (parsed.ec != std::errc() || parsed.ptr != end)
      records_.fail(where + " holds text where a number must stand",
                    "Encode categories as columns of 0 and 1, or leave the column out: without = [...].");
    return value;
  }

  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);
  const TableLayout& layout_;
  std::string file_;
  Records records_;
  std::vector<std::string> header_;
  std::size_t id_ = kNone, label_ = kNone;
  std::vector<std::size_t> features_;
  Table table_;
};

}  // namespace

Table parse_table(std::string_view text, const TableLayout& layout, const std::string& file) {
  return Reader(text, layout, file).read();
}

Table read_table(const std::filesystem::path& file, const TableLayout& layout) {
  const auto bytes = runtime::read_packed_file(file);
  return parse_table({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, layout, file.string());
}

}  // namespace sotto::learn
