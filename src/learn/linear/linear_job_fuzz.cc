// Any text as a regression's job file: read, or an Error of kind usage.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "learn/linear/job.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sotto::learn;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {Regression::kLogistic, Regression::kLinear}) {
    try {
      agreement_of(parse_linear_job(kind, text, "job.toml", "."));
    } catch (const sotto::Error& error) {
      if (error.kind() != sotto::ErrorKind::kUsage) std::abort();
    }
  }
  return 0;
}
