// Emulation of a network's rate and delay, over real TLS connections as well as between threads.
//
// The rate is one party's, over all its links and both directions together, or, duplex, of each direction: a
// virtual clock on which each frame that is sent or received occupies bytes * 8 / rate. A frame of data
// leaves at once, carrying the time at which its emulated self arrives: the one-way delay after its
// occupation of the sender's clock ends. Its receiver shows it when its occupation of the receiver's clock,
// from then on, has ended. So nothing is held back by a thread of its own, and the emulation costs next to
// nothing but the waiting. The times are those of the machine's steady clock: an emulated network is among
// parties on one machine. Control frames have no room for a time; they travel in the sender's memory.
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
  bool duplex = false;  // the rate is that of each direction
};

// "lan" (10100 Mbit/s, 0.05 ms), "wan" (300 Mbit/s, 20 ms), "MBIT:ONE_WAY_MS" or "MBIT:ONE_WAY_MS:duplex"
// with 0.01 to 1,000,000 Mbit/s and at most a minute. Throws kUsage.
NetworkProfile parse_profile(const std::string& text);

// Where frames go that were carried.
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

  // A frame of so many bytes leaves now: when it arrives.
  Clock::time_point depart(std::uint64_t bytes);
  // A frame of so many bytes arrives then: when it becomes visible.
  Clock::time_point arrive(std::uint64_t bytes, Clock::time_point arrival);
  // Releases the frame when it arrives; the sink is kept alive until then.
  void carry(std::shared_ptr<FrameSink> sink, Frame frame);
  // Waits until everything that is carried has been released.
  void drain();

 private:
  struct State;

  const std::shared_ptr<State> state_;
  std::thread thread_;
};

// Makes this thread's timed waits precise to microseconds rather than the default tens of them.
void sharpen_timers() noexcept;

}  // namespace sotto::net
