#include "net/shaped.h"

#include <fmt/format.h>
#include <sys/prctl.h>

#include <charconv>
#include <cmath>
#include <utility>

#include "base/error.h"

namespace sotto::net {
namespace {

constexpr double kSlowest = 0.01, kFastest = 1e6;  // Mbit/s

bool parse_number(std::string_view text, double& into) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), into);
  return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() && std::isfinite(into);
}

}  // namespace

NetworkProfile parse_profile(const std::string& text) {
  if (text == "lan") return {10100, 0.05};
  if (text == "wan") return {300, 20};
  NetworkProfile profile;
  constexpr std::string_view kDuplex = ":duplex";
  std::string_view view = text;
  profile.duplex = view.ends_with(kDuplex);
  if (profile.duplex) view.remove_suffix(kDuplex.size());
  const std::size_t colon = view.find(':');
  if (colon == std::string_view::npos || !parse_number(view.substr(0, colon), profile.megabit_per_second) ||
      !parse_number(view.substr(colon + 1), profile.one_way_ms) || profile.megabit_per_second < kSlowest ||
      profile.megabit_per_second > kFastest || profile.one_way_ms < 0 || profile.one_way_ms > 60000) {
    throw Error(
        ErrorKind::kUsage, fmt::format("'{}' is not a network profile", sanitised(text)),
        "A profile is lan, wan, or MBIT:ONE_WAY_MS, for instance 300:20: 0.01 to 1000000 Mbit/s, and at most "
        "60000 ms.");
  }
  return profile;
}

struct Shaper::State {
  struct Travelling {
    Clock::time_point arrival;
    std::shared_ptr<FrameSink> sink;
    Frame frame;
  };

  explicit State(const NetworkProfile& profile)
      : seconds_per_byte(8 / (profile.megabit_per_second * 1e6)),
        delay(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double, std::milli>(profile.one_way_ms))),
        duplex(profile.duplex) {}

  // Occupies a direction's clock from then on; the end of the occupation. With the lock.
  Clock::time_point occupy(Clock::time_point& free_at, std::uint64_t bytes, Clock::time_point from) const {
    const std::chrono::duration<double> duration(static_cast<double>(bytes) * seconds_per_byte);
    free_at = std::max(free_at, from) + std::chrono::duration_cast<Clock::duration>(duration);
    return free_at;
  }
  Clock::time_point& incoming() { return duplex ? incoming_free_at : outgoing_free_at; }

  void run() {
    sharpen_timers();
    std::unique_lock lock(mutex);
    while (true) {
      if (travelling.empty()) {
        busy = false;
        changed.notify_all();
        if (stopping) return;
        changed.wait(lock);
        continue;
      }
      busy = true;
      if (!stopping && travelling.front().arrival > Clock::now()) {
        changed.wait_until(lock, travelling.front().arrival);
        continue;
      }
      Travelling arrived = std::move(travelling.front());
      travelling.pop_front();
      lock.unlock();
      arrived.sink->release(arrived.frame);
      arrived.sink.reset();
      lock.lock();
    }
  }

  const double seconds_per_byte;
  const Clock::duration delay;
  const bool duplex;
  std::mutex mutex;
  std::condition_variable changed;
  Clock::time_point outgoing_free_at{}, incoming_free_at{};
  std::deque<Travelling> travelling;  // arrivals never decrease: one clock and one delay
  bool busy = false, stopping = false;
};

Shaper::Shaper(const NetworkProfile& profile) : state_(std::make_shared<State>(profile)) {
  thread_ = std::thread([state = state_] { state->run(); });
}

Shaper::~Shaper() {
  {
    std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->changed.notify_all();
  }
  // The last connection may end on this very thread, which then ends by itself.
  thread_.get_id() == std::this_thread::get_id() ? thread_.detach() : thread_.join();
}

Clock::time_point Shaper::depart(std::uint64_t bytes) {
  std::lock_guard lock(state_->mutex);
  return state_->occupy(state_->outgoing_free_at, bytes, Clock::now()) + state_->delay;
}

Clock::time_point Shaper::arrive(std::uint64_t bytes, Clock::time_point arrival) {
  std::lock_guard lock(state_->mutex);
  return state_->occupy(state_->incoming(), bytes, arrival);
}

void Shaper::carry(std::shared_ptr<FrameSink> sink, Frame frame) {
  std::lock_guard lock(state_->mutex);
  const auto arrival = state_->occupy(state_->outgoing_free_at, frame.cost(), Clock::now()) + state_->delay;
  state_->travelling.push_back({arrival, std::move(sink), std::move(frame)});
  if (state_->travelling.size() == 1) state_->changed.notify_all();
}

void Shaper::drain() {
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->travelling.empty() && !state_->busy; });
}

void sharpen_timers() noexcept {
  thread_local const int once = ::prctl(PR_SET_TIMERSLACK, 1000UL, 0, 0, 0);
  (void)once;
}

}  // namespace sotto::net
