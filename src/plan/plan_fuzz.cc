// Any bytes: either a plan that serializes and describes itself, or an Error of kind plan.
#include <cstdlib>

#include "base/error.h"
#include "plan/verify.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto plan = sotto::plan::parse_verified(std::as_bytes(std::span(data, size)));
    sotto::plan::serialize(plan);
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kPlan) std::abort();
  }
  return 0;
}
