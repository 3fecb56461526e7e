#include "cli/page/html.h"

#include <fmt/format.h>

namespace sotto::cli::page {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) ? ' ' : c;
    }
  }
  return out;
}

std::string script_safe(std::string json) {
  // Outside of strings JSON has no '<', and inside of them this is the same character.
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos; at += 6)
    json.replace(at, 1, "\\u003c");
  return json;
}

Cell text_cell(std::string text) { return {std::move(text), "", ""}; }
Cell number_cell(std::string text, std::string value) { return {std::move(text), std::move(value), ""}; }

HtmlTable::HtmlTable(std::string caption, std::vector<std::string> header, std::size_t numbers_from)
    : caption_(std::move(caption)), header_(std::move(header)), numbers_from_(numbers_from) {}

void HtmlTable::add_row(std::vector<Cell> cells) {
  rows_ += "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const char* tag = i == 0 ? "th" : "td";
    rows_ += fmt::format(
        "<{}{}{}{}>{}</{}>", tag, i == 0 ? " scope=\"row\"" : "", i >= numbers_from_ ? " class=\"n\"" : "",
        cells[i].value.empty() ? "" : fmt::format(" data-value=\"{}\"", escaped(cells[i].value)),
        cells[i].html.empty() ? escaped(cells[i].text) : cells[i].html, tag);
  }
  rows_ += "</tr>\n";
}

std::string HtmlTable::html() const {
  std::string head;
  for (std::size_t i = 0; i < header_.size(); ++i)
    head += fmt::format("<th scope=\"col\"{}>{}</th>", i >= numbers_from_ ? " class=\"n\"" : "",
                        escaped(header_[i]));
  return fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{0}\"><table><caption>{0}</caption>"
      "<thead><tr>{1}</tr></thead>\n<tbody>\n{2}</tbody></table></div>\n",
      escaped(caption_), head, rows_);
}

std::string section(std::string_view id, std::string_view heading, const std::string& body) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-h\"><h2 id=\"{0}-h\">{1}</h2>\n{2}</section>\n", id,
      escaped(heading), body);
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& list) {
  std::string items;
  for (const auto& [name, text] : list)
    items += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(text));
  return "<dl>\n" + items + "</dl>\n";
}

std::string paragraph(std::string_view text) { return fmt::format("<p>{}</p>\n", escaped(text)); }

}  // namespace sotto::cli::page
