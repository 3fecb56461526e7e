// Pieces of HTML. Whatever came from outside (names of jobs, parties, operations) enters through escaped()
// only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sotto::cli::page {

// Safe as text and within double quotes; control characters become spaces.
std::string escaped(std::string_view text);
// JSON as the content of a script element: no "</" and no "<!--" can occur in it.
std::string script_safe(std::string json);

// A cell: its text (escaped here), for numbers also the exact value for machines, and perhaps a drawing.
struct Cell {
  std::string text;
  std::string value;  // data-value; empty: none
  std::string html;   // instead of the text: trusted, made by this folder
};
Cell text_cell(std::string text);
Cell number_cell(std::string text, std::string value);

// A table that scrolls sideways within itself on narrow screens. The first column names the row; columns from
// `numbers_from` on are aligned right.
class HtmlTable {
 public:
  HtmlTable(std::string caption, std::vector<std::string> header, std::size_t numbers_from);
  void add_row(std::vector<Cell> cells);
  std::string html() const;

 private:
  std::string caption_;
  std::vector<std::string> header_;
  std::size_t numbers_from_;
  std::string rows_;
};

// <section> with a heading and an id to link to. `body` is trusted.
std::string section(std::string_view id, std::string_view heading, const std::string& body);
// <dl> of names and texts, which are escaped here.
std::string facts(const std::vector<std::pair<std::string, std::string>>& list);
std::string paragraph(std::string_view text);

}  // namespace sotto::cli::page
