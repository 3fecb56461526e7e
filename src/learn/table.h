// A party's table: a CSV file with a header, one row for each person or thing, in an order that all parties
// share.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sotto::learn {

// Which columns mean what. Names are those of the header.
struct TableLayout {
  std::string id;                     // "": the table has none
  std::string label;                  // "": the labels are another party's
  std::vector<std::string> features;  // empty: all columns that are neither id, label nor `without`
  std::vector<std::string> without;
  bool exactly = false;                // no other features than those listed, also where none is
  std::string listed_by = "features";  // for messages
};

struct Table {
  std::vector<std::string> features;
  std::vector<std::string> ids;  // empty without an id column
  std::vector<double> labels;    // empty without a label column
  std::vector<double> values;    // row after row
  std::size_t rows = 0;
};

// RFC 4180: commas, quotes, either line end; a byte order mark is skipped. Throws kData with file, line and
// column's name for a row of another length, a missing value, text where a number belongs, an infinity, an
// empty table; kUsage for a column that the header does not have. Never tells a value. Total on any bytes.
Table parse_table(std::string_view text, const TableLayout& layout, const std::string& file);
// The same of a file, which may be packed with gzip.
Table read_table(const std::filesystem::path& file, const TableLayout& layout);

}  // namespace sotto::learn
