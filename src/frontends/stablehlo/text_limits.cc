#include "frontends/stablehlo/text_limits.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include "frontends/stablehlo/read.h"

namespace sotto::frontends::stablehlo {
namespace {

bool is_identifier_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '.' || c == '-';
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<TextProblem> scan() {
    while (position_ < text_.size() && !problem_) step();
    return problem_;
  }

 private:
  void step() {
    char c = text_[position_];
    if (c == '"') return skip_string();
    if (c == '/' && peek(1) == '/') return skip_comment();
    if (c == '#' && std::isdigit(static_cast<unsigned char>(peek(1)))) return result_number();
    if ((c == '#' || c == '!') && is_identifier_char(peek(1))) return alias();
    if (std::isalpha(static_cast<unsigned char>(c)) || c == '_') return word();
    if (c == '\n' && nesting() == 0) defined_ = {};
    bracket(c);
    advance(1);
  }

  char peek(std::size_t ahead) const {
    return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
  }

  void advance(std::size_t count) {
    for (; count > 0 && position_ < text_.size(); --count, ++position_) {
      if (text_[position_] == '\n') {
        ++line_;
        line_start_ = position_ + 1;
      }
    }
  }

  void refuse(std::string message) {
    problem_ = TextProblem{line_, static_cast<unsigned>(position_ - line_start_ + 1), std::move(message)};
  }

  void skip_string() {
    std::size_t end = position_ + 1;
    while (end < text_.size() && text_[end] != '"' && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    advance(end + 1 - position_);
  }

  void skip_comment() {
    std::size_t end = std::min(text_.find('\n', position_), text_.size());
    advance(end - position_);
  }

  std::string_view identifier(std::size_t start) const {
    std::size_t end = start;
    while (end < text_.size() && is_identifier_char(text_[end])) ++end;
    return text_.substr(start, end - start);
  }

  // The parser makes room for %x#n before it looks whether %x has so many results.
  void result_number() {
    std::string_view digits = identifier(position_ + 1);
    unsigned long number = 0;
    for (char digit : digits) {
      if (!std::isdigit(static_cast<unsigned char>(digit))) break;
      number = std::min(number * 10 + (digit - '0'), 1'000'000'000ul);
    }
    if (number > kMaximumResultNumber)
      return refuse("result number " + std::string(digits) + " is too large");
    advance(1 + digits.size());
  }

  void word() {
    std::string_view name = identifier(position_);
    if (name == "affine_map" || name == "affine_set")
      return refuse("'" + std::string(name) + "' is not part of StableHLO");
    advance(name.size());
  }

  // `#name = ...` at top level defines; anywhere else the name is a use. Depth adds up along chains of
  // aliases, which nest without brackets.
  void alias() {
    std::string_view name = text_.substr(position_, 1 + identifier(position_ + 1).size());
    std::size_t after = position_ + name.size();
    while (after < text_.size() && (text_[after] == ' ' || text_[after] == '\t')) ++after;
    bool defines = nesting() == 0 && after < text_.size() && text_[after] == '=';
    if (defines) {
      defined_ = name;
      alias_depth_[name] = 1;
    } else if (auto used = alias_depth_.find(name); used != alias_depth_.end()) {
      deepen(used->second + nesting() + 1);
    }
    if (!problem_) advance(name.size());
  }

  void deepen(int depth) {
    if (depth > kMaximumAliasDepth) return refuse("aliases are nested too deeply");
    if (defined_.empty()) return;
    int& own = alias_depth_[defined_];
    own = std::max(own, depth);
  }

  int nesting() const { return open_[0] + open_[1] + open_[2] + open_[3]; }

  void bracket(char c) {
    static constexpr std::string_view kOpening = "([{<", kClosing = ")]}>";
    if (auto kind = kOpening.find(c); kind != std::string_view::npos) {
      ++open_[kind];
      if (nesting() > kMaximumNesting) return refuse("brackets are nested more than 256 deep");
      if (!defined_.empty()) deepen(nesting() + 1);
    }
    // `->` and `>=` close nothing.
    bool operator_sign = c == '>' && ((position_ > 0 && text_[position_ - 1] == '-') || peek(1) == '=');
    if (auto kind = kClosing.find(c); kind != std::string_view::npos && !operator_sign)
      open_[kind] = std::max(open_[kind] - 1, 0);
  }

  std::string_view text_;
  std::size_t position_ = 0, line_start_ = 0;
  unsigned line_ = 1;
  std::array<int, 4> open_{};
  std::string_view defined_;  // the alias whose definition we are in
  std::unordered_map<std::string_view, int> alias_depth_;
  std::optional<TextProblem> problem_;
};

}  // namespace

std::optional<TextProblem> find_text_problem(std::string_view text) {
  if (text.size() > kMaximumBytes)
    return TextProblem{1, 1, "the program has more than " + std::to_string(kMaximumBytes >> 20) + " MiB"};
  if (text.starts_with("ML\xefR"))
    return TextProblem{1, 1,
                       "this is MLIR bytecode; give the program as text, as JAX prints it with as_text()"};
  return Scanner(text).scan();
}

namespace {

// The end of the longest run of digits at `position`.
std::size_t skip_digits(std::string_view text, std::size_t position) {
  while (position < text.size() && std::isdigit(static_cast<unsigned char>(text[position]))) ++position;
  return position;
}

// Where `:12:4` at `position` ends; `position` if it is not there.
std::size_t skip_line_and_column(std::string_view text, std::size_t position) {
  if (position >= text.size() || text[position] != ':') return position;
  std::size_t line_end = skip_digits(text, position + 1);
  if (line_end == position + 1 || line_end >= text.size() || text[line_end] != ':') return position;
  std::size_t column_end = skip_digits(text, line_end + 1);
  return column_end == line_end + 1 ? position : column_end;
}

// Where ` to 13:20` or ` to :20` at `position` ends; `position` if it is not there.
std::size_t skip_range(std::string_view text, std::size_t position) {
  if (!text.substr(position).starts_with(" to ")) return position;
  std::size_t line_end = skip_digits(text, position + 4);
  if (line_end >= text.size() || text[line_end] != ':') return position;
  std::size_t column_end = skip_digits(text, line_end + 1);
  return column_end == line_end + 1 ? position : column_end;
}

}  // namespace

void blank_location_ranges(char* data, std::size_t size) {
  std::string_view text(data, size);
  for (std::size_t position = 0; (position = text.find('"', position)) != std::string_view::npos;) {
    // Here a string ends or begins; in neither case does blanking harm: a file name has no such text.
    ++position;
    std::size_t after_place = skip_line_and_column(text, position);
    if (after_place == position) continue;
    std::size_t end = skip_range(text, after_place);
    std::fill(data + after_place, data + end, ' ');
    position = end;
  }
}

}  // namespace sotto::frontends::stablehlo
