// Any bytes as a plan to run: prepared, or an Error of kind plan; never more time and memory than a plan is worth.
#include <cstdlib>

#include "base/error.h"
#include "runtime/program.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    sotto::runtime::prepare(std::as_bytes(std::span(data, size)));
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kPlan) std::abort();
  }
  return 0;
}
