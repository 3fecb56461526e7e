// A network between two parties that a test can hurt: forwards TCP connections, until it is told to drop
// them, to be silent, or to be slow.
#pragma once

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <list>
#include <thread>

#include "base/error.h"
#include "net/socket.h"

namespace sotto::tests {

class Forwarder {
 public:
  enum class State { kForwards, kDrops, kSilent };

  // `bytes_per_millisecond` in each direction of each connection; 0: as fast as it goes.
  explicit Forwarder(net::Endpoint to, std::size_t bytes_per_millisecond = 0)
      : to_(std::move(to)), slice_(bytes_per_millisecond), thread_([this] { serve(); }) {}
  ~Forwarder() {
    over_ = true;
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(net::local_port(listener_)); }
  void set(State state) { state_ = state; }

 private:
  struct Direction {
    int from = -1, to = -1;
    std::vector<char> kept;  // read and not yet written
    bool ended = false;
  };
  struct Pair {
    net::Socket near, far;
    Direction there, back;
  };

  static net::Clock::time_point soon(int milliseconds) {
    return net::Clock::now() + std::chrono::milliseconds(milliseconds);
  }

  void serve() {
    while (!over_) {
      if (state_ == State::kDrops) pairs_.clear();
      if (auto accepted = net::accept_from(listener_, soon(0)); accepted && state_ == State::kForwards)
        take(*accepted);
      bool moved = false;
      if (state_ == State::kForwards)
        for (auto& pair : pairs_) {
          moved |= move(pair.there);
          moved |= move(pair.back);
        }
      if (slice_ > 0 || !moved) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void take(net::Accepted& accepted) {
    try {
      auto& pair = pairs_.emplace_back();
      pair.near = std::move(accepted.socket);
      pair.far = net::connect_to(to_, soon(1000));
      pair.there = {pair.near.get(), pair.far.get(), {}, false};
      pair.back = {pair.far.get(), pair.near.get(), {}, false};
    } catch (const Error&) {
      pairs_.pop_back();  // nobody is there yet: the caller is refused, too
    }
  }

  bool move(Direction& way) {
    char buffer[65536];
    if (way.kept.empty() && !way.ended) {
      const auto most = slice_ > 0 ? std::min(slice_, sizeof buffer) : sizeof buffer;
      const auto length = ::recv(way.from, buffer, most, MSG_DONTWAIT);
      if (length > 0) way.kept.assign(buffer, buffer + length);
      if (length == 0) {
        way.ended = true;
        ::shutdown(way.to, SHUT_WR);
      }
    }
    if (way.kept.empty()) return false;
    const auto sent = ::send(way.to, way.kept.data(), way.kept.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) way.kept.erase(way.kept.begin(), way.kept.begin() + sent);
    return sent > 0;
  }

  const net::Endpoint to_;
  const std::size_t slice_;
  const net::Socket listener_ = net::listen_on({"127.0.0.1", 0});
  std::list<Pair> pairs_;
  std::atomic<State> state_ = State::kForwards;
  std::atomic<bool> over_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace sotto::tests
