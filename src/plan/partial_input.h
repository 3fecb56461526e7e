// A plan has room for so many rows; the file of its input may hold fewer, where every result that is revealed
// has one row for each of the input's. Such a reveal says so: its attribute `rows_of` names the input.
#pragma once

#include <optional>
#include <string>

#include "plan/plan.h"

namespace sotto::plan {

inline constexpr std::string_view kRowsOf = "rows_of";

// The input that may come with fewer rows, by its index; none when no reveal names one. REQUIRES: verified.
std::optional<int> partial_input(const Plan& plan);

}  // namespace sotto::plan
