// The thread that keeps connections alive while their users compute: it sends heartbeats, notices stalls,
// writes what sockets did not take at once, and reads for users that are busy. Users who wait read for
// themselves, so that a message wakes one thread only; this thread takes over a connection after a tick
// without such a user.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/frame.h"

namespace sotto::net {

// What the thread attends to. Called from the net thread only.
class Attended {
 public:
  virtual ~Attended() = default;
  virtual int descriptor() const = 0;
  // Events of epoll(7) have come; returns those to wait for next, 0 for none.
  virtual std::uint32_t on_events(std::uint32_t events) = 0;
  // Some milliseconds have passed, or attend() was called; returns the events to wait for, 0 for none.
  virtual std::uint32_t on_tick(Clock::time_point now) = 0;
};

// Thread-safe. Destruction stops the thread; connections may outlive it, but are then no longer attended to.
class NetThread {
 public:
  NetThread();
  ~NetThread();
  NetThread(const NetThread&) = delete;
  NetThread& operator=(const NetThread&) = delete;

  void add(const std::shared_ptr<Attended>& attended);
  // Asks for a tick now.
  void attend() noexcept;
  // Ends the thread and waits for it, unless this is it. Nothing is attended to afterwards.
  void stop() noexcept;

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  const std::shared_ptr<State> state_;
  std::mutex stop_mutex_;
  std::thread thread_;
};

}  // namespace sotto::net
