#include "plan/verify.h"

#include <cmath>

#include "plan/checks.h"

namespace sotto::plan {

void verify(const Plan& plan) {
  if (plan.format_version() != kFormatVersion)
    throw Error(ErrorKind::kPlan,
                fmt::format("the plan has format version {}, this program reads {}", plan.format_version(),
                            kFormatVersion),
                "Compile the plan again with the `sotto compile` of this version.");
  checks::require_name(plan.name(), "plan");
  checks::require_name(plan.protocol(), "plan: protocol");
  const auto definitions = checks::check_tables(plan);
  std::vector<bool> defined(static_cast<std::size_t>(plan.values_size()), false);
  for (int block = 0; block < plan.blocks_size(); ++block)
    checks::check_block(plan, definitions, block, defined);
  checks::check_control(plan, definitions);
  checks::check_guards(plan, definitions);
  // Written so that a NaN is refused.
  if (!(plan.log2_failure() <= kMaximumLog2Failure))
    throw Error(ErrorKind::kPlan,
                fmt::format("a wrong result goes unseen with probability up to 2^{}, more than 2^{}",
                            plan.log2_failure(), kMaximumLog2Failure),
                "Use exact variants, tighter bounds or fewer steps.");
}

Plan parse_verified(std::span<const std::byte> bytes) {
  Plan plan = parse(bytes);
  verify(plan);
  return plan;
}

}  // namespace sotto::plan
