// A socket with its TLS state, as used with deadlines while a connection is set up. Not thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "net/socket.h"
#include "net/tls.h"

namespace sotto::net {

class SecureSocket {
 public:
  // Performs the TLS handshake. Errors are texts that begin with a verb whose subject is the peer: kIdentity
  // when it is not the pinned one or refuses us, kPeer when it goes away or does not answer until the
  // deadline.
  SecureSocket(Socket socket, const TlsContext& context, TlsRole role, std::vector<Fingerprint> pins,
               Clock::time_point deadline);

  void write(std::span<const std::byte> bytes, Clock::time_point deadline);
  void read(std::span<std::byte> into, Clock::time_point deadline);

  int descriptor() const { return socket_.get(); }
  TlsEngine& tls() { return *tls_; }

  // Sends output() as far as the socket takes it. False when the connection is broken; output() is dropped
  // then.
  bool flush();
  enum class Input { kSome, kNone, kEnd };
  // Receives into input() what is there, up to a bound. Sets errno at kEnd (0: an orderly end of the stream).
  Input fill();

 private:
  void flush_until(Clock::time_point deadline);
  void fill_until(Clock::time_point deadline);

  Socket socket_;
  std::unique_ptr<TlsEngine> tls_;
};

}  // namespace sotto::net
