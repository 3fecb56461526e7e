// The list of protocols: adding one is a folder and a line here.
#include <fmt/format.h>

#include <array>

#include "protocols/duo/duo.h"
#include "protocols/plain/plain.h"
#include "protocols/rep3/rep3.h"
#include "protocols/table.h"

namespace sotto::protocols {

std::span<const Table* const> all_tables() {
  static const std::array tables = {&plain::table(), &rep3::table(), &duo::table()};
  return tables;
}

const Table& table_named(std::string_view name) {
  std::string known;
  for (const Table* table : all_tables()) {
    if (table->name() == name) return *table;
    known += (known.empty() ? "" : ", ") + table->name();
  }
  throw Error(ErrorKind::kPlan, fmt::format("there is no protocol '{}'", name),
              "Known protocols: " + known + ".");
}

std::string to_string(Model model) { return model == Model::kPlain ? "plain" : "semi-honest"; }

}  // namespace sotto::protocols
