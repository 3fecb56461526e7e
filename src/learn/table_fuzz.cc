// Tables of arbitrary bytes: an error or a table, never anything else.
#include "base/error.h"
#include "learn/table.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, unsigned long size) {
  try {
    sotto::learn::parse_table({reinterpret_cast<const char*>(data), size}, {}, "fuzz");
  } catch (const sotto::Error&) {
  }
  return 0;
}
