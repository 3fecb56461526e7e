// The operations that `sotto bench kernel` knows: how a block of a hand-made plan computes one.
#pragma once

#include <cstdint>
#include <string>

#include "plan/plan.h"

namespace sotto::cli {

// A plan whose phase "load" shares random inputs and whose phase "step" runs one operation `repeats` times.
// Comparisons are in a window of `bits`. Throws ErrorKind::kUsage with the known names.
plan::Plan kernel_plan(const std::string& protocol, const std::string& operation, std::int64_t elements,
                       std::uint64_t repeats, std::int64_t bits = 32);

}  // namespace sotto::cli
