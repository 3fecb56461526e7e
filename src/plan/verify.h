// The verifier: is this message a plan that can be executed? Total: any message whatever either passes or
// gives an ErrorKind::kPlan that names block, operation and field.
//
// Checked here, knowing nothing of kernels and protocols:
//   - sizes are bounded, every index points at something, names are printable;
//   - shapes, fraction bits and bounds fit the ring;
//   - every value is defined once, and every operand before its use;
//   - an operation starts after its operands are there; a block's rounds and bytes are its operations';
//   - inputs are shared once and before they are used; batches fit their data sets;
//   - states are updated with values of the same type;
//   - every opening is listed in `reveals` and nothing else is;
//   - nothing is revealed before the guard of what ran until then was opened;
//   - the job's failure probability is at most 2^-40.
// runtime/check.h adds what needs the kernel table: types of operands, and that declared costs are the
// counted ones.
#pragma once

#include "plan/plan.h"

namespace sotto::plan {

inline constexpr double kMaximumLog2Failure = -40;

void verify(const Plan& plan);
// The usual way from bytes: parse, then verify.
Plan parse_verified(std::span<const std::byte> bytes);

}  // namespace sotto::plan
