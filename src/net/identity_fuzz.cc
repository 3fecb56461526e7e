// Arbitrary bytes as a certificate and as a fingerprint: read, or refused with a message that names the file.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/identity.h"

namespace sotto::net {
namespace {

template <class Function>
void refuse_or_read(Function&& function) {
  try {
    function();
  } catch (const Error& error) {
    if (error.message().empty() || error.kind() != ErrorKind::kIdentity) std::abort();
  }
}

void read_certificate(const std::uint8_t* data, std::size_t size) {
  const int file = ::memfd_create("certificate", 0);
  if (file < 0 || ::write(file, data, size) != static_cast<ssize_t>(size)) std::abort();
  refuse_or_read([&] { show_certificate("/proc/self/fd/" + std::to_string(file)); });
  ::close(file);
}

}  // namespace
}  // namespace sotto::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sotto::net;
  read_certificate(data, size);
  refuse_or_read([&] { parse_fingerprint({reinterpret_cast<const char*>(data), size}); });
  return 0;
}
