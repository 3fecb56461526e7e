// TCP sockets: nonblocking, without delay, closed on exec; waits have deadlines. Errors are kSystem.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "net/frame.h"

namespace sotto::net {

// Owns a file descriptor.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket();

  int get() const { return descriptor_; }
  explicit operator bool() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

// "host:port" or "[ipv6]:port". Throws kUsage.
Endpoint parse_endpoint(const std::string& text);
std::string to_string(const Endpoint& endpoint);

// What the name stands for: "10.0.0.7", one of its addresses. Throws kSystem when it stands for none.
std::string numeric_address(const Endpoint& endpoint);

// Listens; port 0 takes a free one, which local_port() tells.
Socket listen_on(const Endpoint& endpoint);
std::uint16_t local_port(const Socket& socket);

// A connection and where it comes from; empty when none came until the deadline.
struct Accepted {
  Socket socket;
  std::string host, from;  // "127.0.0.1", "127.0.0.1 port 40000"
};
std::optional<Accepted> accept_from(const Socket& listener, Clock::time_point deadline);

// One attempt to connect. Throws kSystem with the reason; name resolution is not bounded by the deadline.
Socket connect_to(const Endpoint& endpoint, Clock::time_point deadline);

// Whether the numeric host is one of those that the endpoint's name stands for; false when it stands for
// none.
bool is_address_of(const std::string& host, const Endpoint& endpoint);

// Waits for any of the poll(2) events; returns those that are there, 0 at the deadline.
short wait_for(int descriptor, short events, Clock::time_point deadline);

}  // namespace sotto::net
