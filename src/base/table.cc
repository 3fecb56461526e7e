#include "base/table.h"

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace sotto {
namespace {

// Characters of UTF-8: every byte that does not continue one.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

TextTable::TextTable(std::vector<std::string> header)
    : header_(std::move(header)), left_(header_.size(), false) {
  if (!left_.empty()) left_[0] = true;
}

void TextTable::add_row(std::vector<std::string> cells) {
  SOTTO_ASSERT(!cells.empty() && cells.size() == header_.size(), "a table row has one cell per column");
  rows_.push_back(std::move(cells));
}

void TextTable::add_rule() { rows_.emplace_back(); }

void TextTable::align_left(std::size_t column) {
  SOTTO_ASSERT(column < left_.size(), "a table has no such column");
  left_[column] = true;
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths;
  for (const std::string& title : header_) widths.push_back(width_of(title));
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));

  std::string text;
  const auto write = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string space(widths[i] - width_of(row[i]), ' ');
      line += (i == 0 ? "" : "   ") + (left_[i] ? row[i] + space : space + row[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  };
  std::vector<std::string> rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  write(header_);
  write(rule);
  for (const auto& row : rows_) write(row.empty() ? rule : row);
  return text;
}

}  // namespace sotto
