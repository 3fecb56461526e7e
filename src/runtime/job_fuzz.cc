// Any text as a job file and as a policy: read, or an Error of kind usage.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "runtime/job.h"
#include "runtime/policy.h"

namespace {
template <class Function>
void expect_usage_error(Function function) {
  try {
    function();
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kUsage) std::abort();
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  expect_usage_error(
      [&] { sotto::runtime::agreement_digest(sotto::runtime::parse_job(text, "job.toml", ".")); });
  expect_usage_error([&] { sotto::runtime::parse_policy(text, "policy.toml"); });
  return 0;
}
