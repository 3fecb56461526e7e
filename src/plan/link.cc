#include "plan/link.h"

#include <algorithm>
#include <cmath>

namespace sotto::plan {
namespace {

void replace_attribute(Operation& operation, std::string_view name, std::int64_t value) {
  for (auto& attribute : *operation.mutable_attributes())
    if (attribute.name() == name) return attribute.set_integer(value);
  set_attribute(operation, name, value);
}

}  // namespace

Link link_of(double megabit_per_second, double one_way_ms, bool duplex) {
  return {.kilobit_per_second =
              std::clamp<std::int64_t>(std::llround(megabit_per_second * 1000), 10, 1'000'000'000),
          .one_way_microseconds = std::clamp<std::int64_t>(std::llround(one_way_ms * 1000), 0, 60'000'000),
          .duplex = duplex};
}

bool is_product(const Operation& operation) {
  return operation.kernel() == "contract" && text_attribute(operation, "product").value_or("none") != "none";
}

void carry_link(Plan& plan, const Link& link) {
  for (auto& block : *plan.mutable_blocks())
    for (auto& operation : *block.mutable_operations()) {
      if (!is_product(operation)) continue;
      replace_attribute(operation, "link_kbit", link.kilobit_per_second);
      replace_attribute(operation, "link_delay_us", link.one_way_microseconds);
      replace_attribute(operation, "link_duplex", link.duplex ? 1 : 0);
    }
}

}  // namespace sotto::plan
