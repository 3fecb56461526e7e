// Any bytes as a data file: numbers or an Error of kind data.
#include <cstdlib>

#include "base/error.h"
#include "runtime/data.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto tensor = sotto::runtime::parse_numbers(std::as_bytes(std::span(data, size)));
    if (tensor.size() != static_cast<std::size_t>(sotto::element_count(tensor.shape))) std::abort();
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kData) std::abort();
  }
  return 0;
}
