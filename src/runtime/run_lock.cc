#include "runtime/run_lock.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "base/bytes.h"
#include "base/error.h"

namespace sotto::runtime {

// A socket with an abstract name, which the kernel gives to one process at a time and takes back at its end.
// The name tells nothing of the job but that it runs.
RunLock::RunLock(const Digest& agreement, const std::string& job, const std::string& party)
    : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  Sha256 hash;
  hash.update(agreement);
  hash.update(as_bytes(party));
  const auto name = "sotto-party-" + to_hex(hash.digest());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (socket_ < 0 || ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), length) == 0) return;
  const bool taken = errno == EADDRINUSE;
  ::close(socket_);
  socket_ = -1;
  if (taken)
    throw Error(ErrorKind::kSystem,
                fmt::format("party {} of job \"{}\" runs already on this machine", party, job),
                "Wait until that process has ended, or stop it.");
}

RunLock::~RunLock() {
  if (socket_ >= 0) ::close(socket_);
}

}  // namespace sotto::runtime
