// Any bytes as what a checkpoint holds behind its encryption: a checkpoint that survives being written and
// read again, or an Error of kind data.
#include <cstdlib>

#include "base/error.h"
#include "runtime/checkpoint.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  sotto::Bytes written;
  try {
    written =
        to_bytes(sotto::runtime::checkpoint_from(std::as_bytes(std::span(data, size)), "the checkpoint"));
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kData) std::abort();
    return 0;
  }
  // Names may have come twice and bits as any byte; what was written has one form.
  if (to_bytes(sotto::runtime::checkpoint_from(written, "what was written")) != written) std::abort();
  return 0;
}
