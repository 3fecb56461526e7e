// Any bytes as what a share store holds behind its encryption: a bundle, of which there is one form in bytes,
// or an Error of kind data.
#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "runtime/store.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    const auto bundle = sotto::runtime::bundle_from(bytes, "the store");
    if (!std::ranges::equal(sotto::runtime::to_bytes(bundle), bytes)) std::abort();
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kData) std::abort();
  }
  return 0;
}
