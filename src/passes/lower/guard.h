// How wide the windows of guarded values are, and how many probes it takes to check them. Internal to lower/.
#pragma once

#include <optional>

#include "passes/calibrate/range.h"
#include "passes/options.h"

namespace sotto::passes {

// Where a positive argument of a function must lie, from what was measured; the margin widens it on both
// sides.
struct Ends {
  double least, most;
};
std::optional<Ends> positive_ends(mlir::Value value, const Precision& precision);

// Whether the guard watches the value.
bool is_guarded(mlir::Value value);

// The least bound, in bits, with which probing the value is cheap: its probes' limit is five norms of a
// large group.
int guarded_bound(mlir::Value value, const Range& range, const Precision& precision);

// The fewest groups of probes for a limit (as a real number) without false alarms.
int64_t probe_groups(mlir::Value value, double limit, const Precision& precision);

// What a probe of a value compared within `window` is compared to, in units before a truncation.
int64_t probe_limit(int window, int truncated_bits);

}  // namespace sotto::passes
