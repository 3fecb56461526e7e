// Emulation of a network's rate and delay, over real TLS connections as well as between threads.
//
// The rate is one party's, over all its links and both directions together: a virtual clock on which each
// frame that is sent or received occupies bytes * 8 / rate. A frame leaves when its occupation ends and is
// released one-way delay later; at the receiver it becomes visible when its occupation of the receiver's
// clock ends. Waiting is by timers.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "net/frame.h"

namespace sotto::net {

struct NetworkProfile {
  double megabit_per_second = 0;
  double one_way_ms = 0;
};

// "lan" (10100 Mbit/s, 0.05 ms), "wan" (300 Mbit/s, 20 ms) or "MBIT:ONE_WAY_MS" with 0.01 to 1,000,000 Mbit/s
// and at most a minute. Throws kUsage.
NetworkProfile parse_profile(const std::string& text);

// Where frames go when they have travelled.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  // Called on the shaper's thread, in the order of departure. Does not throw.
  virtual void release(Frame& frame) noexcept = 0;
};

// The network of one party. Thread-safe.
class Shaper {
 public:
  explicit Shaper(const NetworkProfile& profile);
  // Releases what is under way at once.
  ~Shaper();
  Shaper(const Shaper&) = delete;
  Shaper& operator=(const Shaper&) = delete;

  // Sends the frame on its way; the sink is kept alive until it arrives.
  void depart(std::shared_ptr<FrameSink> sink, Frame frame);
  // A frame of so many bytes has arrived: when it becomes visible.
  Clock::time_point arrive(std::uint64_t bytes);
  // Waits until everything under way has been released.
  void drain();

 private:
  struct State;

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

// Makes this thread's timed waits precise to microseconds rather than the default tens of them.
void sharpen_timers() noexcept;

}  // namespace sotto::net
