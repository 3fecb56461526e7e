// Aligned text tables, for the end of a run.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sotto {

// Columns of text; the first is aligned left, the others right unless said. Widths count characters, not
// bytes.
//
//   operation   rounds     bytes
//   ---------   ------   -------
//   matmul           2   3.1 MiB
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header);

  // Throws ErrorKind::kInternal when the number of cells is not that of the header.
  void add_row(std::vector<std::string> cells);
  // A line of dashes before the next row, as before totals.
  void add_rule();
  void align_left(std::size_t column);

  // Lines end with '\n' and carry no trailing spaces.
  std::string text() const;

 private:
  std::vector<std::string> header_;
  std::vector<bool> left_;
  std::vector<std::vector<std::string>> rows_;  // an empty row is a rule
};

}  // namespace sotto
