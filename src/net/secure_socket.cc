#include "net/secure_socket.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/error.h"

namespace sotto::net {
namespace {

constexpr std::size_t kReceiveBytes = 256 * 1024;

[[noreturn]] void throw_peer(const std::string& message) { throw Error(ErrorKind::kPeer, message); }

}  // namespace

SecureSocket::SecureSocket(Socket socket, const TlsContext& context, TlsRole role,
                           std::vector<Fingerprint> pins, Clock::time_point deadline)
    : socket_(std::move(socket)), tls_(std::make_unique<TlsEngine>(context, role, std::move(pins))) {
  try {
    while (!tls_->handshake()) {
      flush_until(deadline);
      fill_until(deadline);
    }
  } catch (const Error&) {
    flush();  // the alert tells the peer
    throw;
  }
  flush_until(deadline);
}

void SecureSocket::write(std::span<const std::byte> bytes, Clock::time_point deadline) {
  tls_->write(bytes);
  flush_until(deadline);
}

void SecureSocket::read(std::span<std::byte> into, Clock::time_point deadline) {
  while (!into.empty()) {
    const std::size_t length = tls_->read(into);
    into = into.subspan(length);
    if (length != 0) continue;
    if (tls_->peer_closed()) throw_peer("closed the connection while it was being set up");
    fill_until(deadline);
  }
}

bool SecureSocket::flush() {
  ByteQueue& output = tls_->output();
  while (!output.empty()) {
    const ssize_t sent = ::send(socket_.get(), output.data(), output.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      output.consume(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return true;
    } else if (errno != EINTR) {
      output.consume(output.size());
      return false;
    }
  }
  return true;
}

SecureSocket::Input SecureSocket::fill() {
  ByteQueue& input = tls_->input();
  while (true) {
    const ssize_t length = ::recv(socket_.get(), input.prepare(kReceiveBytes), kReceiveBytes, 0);
    if (length > 0) {
      input.commit(static_cast<std::size_t>(length));
      return Input::kSome;
    }
    if (length == 0) {
      errno = 0;
      return Input::kEnd;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Input::kNone;
    if (errno != EINTR) return Input::kEnd;
  }
}

void SecureSocket::flush_until(Clock::time_point deadline) {
  while (flush() && !tls_->output().empty()) {
    if (wait_for(socket_.get(), POLLOUT, deadline) == 0) throw_peer("did not answer in time");
  }
}

void SecureSocket::fill_until(Clock::time_point deadline) {
  while (true) {
    if (wait_for(socket_.get(), POLLIN, deadline) == 0) throw_peer("did not answer in time");
    switch (fill()) {
      case Input::kSome:
        return;
      case Input::kNone:
        break;
      case Input::kEnd:
        throw_peer(fmt::format("closed the connection while it was being set up{}",
                               errno == 0 ? "" : fmt::format(" ({})", std::strerror(errno))));
    }
  }
}

}  // namespace sotto::net
