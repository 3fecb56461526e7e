#include "net/socket.h"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>

#include "base/error.h"

namespace sotto::net {
namespace {

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

AddressList resolve(const Endpoint& endpoint, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = getaddrinfo(endpoint.host.empty() ? nullptr : endpoint.host.c_str(),
                                  std::to_string(endpoint.port).c_str(), &hints, &found);
  if (failure != 0) {
    throw Error(ErrorKind::kSystem,
                fmt::format("cannot resolve {}: {}", endpoint.host, gai_strerror(failure)),
                "Check the party's address in the job file; to try a job on one machine, give each party "
                "127.0.0.1 and a port of its own.");
  }
  return {found, freeaddrinfo};
}

Socket open_socket(const addrinfo& address) {
  return Socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
}

void send_at_once(int descriptor) {
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

// Empty when connected, else why not.
std::string finish_connecting(const Socket& socket, const addrinfo& address, Clock::time_point deadline) {
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return "";
  if (errno != EINPROGRESS) return std::strerror(errno);
  if (wait_for(socket.get(), POLLOUT, deadline) == 0) return "no answer";
  int error = 0;
  socklen_t length = sizeof(error);
  ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  return error == 0 ? "" : std::strerror(error);
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Endpoint parse_endpoint(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  Endpoint endpoint;
  if (colon != std::string::npos) {
    endpoint.host = text.substr(0, colon);
    const bool bracketed =
        endpoint.host.size() >= 2 && endpoint.host.front() == '[' && endpoint.host.back() == ']';
    if (bracketed) endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + colon + 1, end, endpoint.port);
    if (parsed.ec == std::errc{} && parsed.ptr == end && !endpoint.host.empty()) return endpoint;
  }
  throw Error(ErrorKind::kUsage, fmt::format("'{}' is not an address", sanitised(text)),
              "An address is HOST:PORT, for instance bank.example:7000 or [::1]:7000.");
}

std::string to_string(const Endpoint& endpoint) {
  const bool bracket = endpoint.host.find(':') != std::string::npos;
  return fmt::format("{}{}{}:{}", bracket ? "[" : "", endpoint.host, bracket ? "]" : "", endpoint.port);
}

std::string numeric_address(const Endpoint& endpoint) {
  const AddressList addresses = resolve(endpoint, 0);
  char host[NI_MAXHOST] = "?";
  ::getnameinfo(addresses->ai_addr, addresses->ai_addrlen, host, sizeof(host), nullptr, 0, NI_NUMERICHOST);
  return host;
}

Socket listen_on(const Endpoint& endpoint) {
  const AddressList addresses = resolve(endpoint, AI_PASSIVE);
  int error = 0;
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    Socket socket = open_socket(*address);
    const int on = 1;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (socket && ::bind(socket.get(), address->ai_addr, address->ai_addrlen) == 0 &&
        ::listen(socket.get(), SOMAXCONN) == 0) {
      return socket;
    }
    error = errno;
  }
  throw Error(ErrorKind::kSystem,
              fmt::format("cannot listen on {}: {}", to_string(endpoint), std::strerror(error)),
              "Is the port free, and the address one of this machine?");
}

std::uint16_t local_port(const Socket& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length);
  return address.ss_family == AF_INET6 ? ntohs(reinterpret_cast<sockaddr_in6&>(address).sin6_port)
                                       : ntohs(reinterpret_cast<sockaddr_in&>(address).sin_port);
}

std::optional<Accepted> accept_from(const Socket& listener, Clock::time_point deadline) {
  if (wait_for(listener.get(), POLLIN, deadline) == 0) return std::nullopt;
  sockaddr_storage address{};
  socklen_t length = sizeof(address);
  Socket socket(::accept4(listener.get(), reinterpret_cast<sockaddr*>(&address), &length,
                          SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket) return std::nullopt;  // gone again
  send_at_once(socket.get());
  char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";
  ::getnameinfo(reinterpret_cast<sockaddr*>(&address), length, host, sizeof(host), port, sizeof(port),
                NI_NUMERICHOST | NI_NUMERICSERV);
  return Accepted{std::move(socket), host, fmt::format("{} port {}", host, port)};
}

bool is_address_of(const std::string& host, const Endpoint& endpoint) {
  try {
    const AddressList addresses = resolve(endpoint, 0);
    for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
      char numeric[NI_MAXHOST] = "";
      ::getnameinfo(address->ai_addr, address->ai_addrlen, numeric, sizeof(numeric), nullptr, 0,
                    NI_NUMERICHOST);
      if (host == numeric) return true;
    }
  } catch (const Error&) {
    // A name that nobody knows is nobody's.
  }
  return false;
}

Socket connect_to(const Endpoint& endpoint, Clock::time_point deadline) {
  const AddressList addresses = resolve(endpoint, 0);
  std::string reason = "no address";
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    Socket socket = open_socket(*address);
    reason = socket ? finish_connecting(socket, *address, deadline) : std::strerror(errno);
    if (reason.empty()) {
      send_at_once(socket.get());
      return socket;
    }
  }
  throw Error(ErrorKind::kSystem, fmt::format("cannot connect to {}: {}", to_string(endpoint), reason));
}

short wait_for(int descriptor, short events, Clock::time_point deadline) {
  while (true) {
    // Bounded, so that far deadlines do not overflow the system's time.
    const auto left = std::clamp<Clock::duration>(deadline - std::min(deadline, Clock::now()),
                                                  Clock::duration::zero(), std::chrono::hours(1));
    const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    const timespec timeout{.tv_sec = nanoseconds / 1'000'000'000, .tv_nsec = nanoseconds % 1'000'000'000};
    pollfd polled{.fd = descriptor, .events = events, .revents = 0};
    const int ready = ::ppoll(&polled, 1, &timeout, nullptr);
    if (ready > 0) return polled.revents;
    if (ready < 0 && errno != EINTR) {
      throw Error(ErrorKind::kSystem, fmt::format("waiting for the network: {}", std::strerror(errno)));
    }
    if (Clock::now() >= deadline) return 0;
  }
}

}  // namespace sotto::net
