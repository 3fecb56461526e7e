// Any bytes as the record that a training or a prediction left: read, and then written and read alike, or an
// Error of kind data.
#include <cstdint>
#include <cstdlib>

#include "base/error.h"
#include "learn/linear/own_model.h"

namespace {

template <class Parse>
void try_parse(std::string_view text, Parse parse) {
  try {
    const auto once = to_text(parse(text, "record.json"));
    if (to_text(parse(once, "record.json")) != once) std::abort();
  } catch (const sotto::Error& error) {
    if (error.kind() != sotto::ErrorKind::kData) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_parse(text, sotto::learn::parse_own_model);
  try_parse(text, sotto::learn::parse_kept_rows);
  return 0;
}
