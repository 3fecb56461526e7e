// Any bytes as a table, with and without columns that are ids and labels: numbers in rows of one length, or
// an Error of kind data or usage that tells no value of theirs.
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "learn/columns.h"

namespace {

using sotto::ErrorKind;

void require(bool good) {
  if (!good) std::abort();
}

void try_table(std::string_view text, const sotto::learn::TableLayout& layout) {
  try {
    auto table = sotto::learn::parse_table(text, layout, "table.csv");
    require(table.rows > 0);
    require(table.values.size() == table.rows * table.features.size());
    require(table.ids.size() == (layout.id.empty() ? 0 : table.rows));
    require(table.labels.size() == (layout.label.empty() ? 0 : table.rows));
    for (double value : table.values) require(std::isfinite(value));
    const auto split = sotto::learn::split_rows(table.rows, 0, 1);
    const auto scalings = sotto::learn::center_and_scale(table, split.training, true, "table.csv");
    require(scalings.size() == table.features.size());
    for (double value : table.values) require(std::isfinite(value));
  } catch (const sotto::Error& error) {
    require(error.kind() == ErrorKind::kData || error.kind() == ErrorKind::kUsage);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_table(text, {});
  sotto::learn::TableLayout layout;
  layout.id = "id", layout.label = "y", layout.without = {"name"};
  try_table(text, layout);
  layout = {};
  layout.features = {"a", "b"}, layout.exactly = true;
  try_table(text, layout);
  return 0;
}
