#include "net/net_thread.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "net/socket.h"

namespace sotto::net {
namespace {

constexpr auto kTick = std::chrono::milliseconds(20);
constexpr std::uint64_t kWakeKey = 0;

}  // namespace

struct NetThread::State {
  struct Entry {
    std::weak_ptr<Attended> attended;
    std::uint32_t armed = 0;
  };

  Socket epoll, wake;  // any file descriptor
  std::atomic<bool> stopping = false, woken = false;
  std::mutex mutex;  // guards the two below
  std::unordered_map<std::uint64_t, Entry> entries;
  std::uint64_t next_key = kWakeKey + 1;

  void arm(std::uint64_t key, Entry& entry, int descriptor, std::uint32_t events) {
    if (entry.armed == events) return;
    epoll_event event{.events = events | EPOLLONESHOT, .data = {.u64 = key}};
    ::epoll_ctl(epoll.get(), EPOLL_CTL_MOD, descriptor, &event);
    entry.armed = events;
  }

  std::vector<std::pair<std::uint64_t, std::shared_ptr<Attended>>> alive() {
    std::vector<std::pair<std::uint64_t, std::shared_ptr<Attended>>> found;
    std::lock_guard lock(mutex);
    std::erase_if(entries, [](const auto& entry) { return entry.second.attended.expired(); });
    for (auto& [key, entry] : entries) {
      if (auto attended = entry.attended.lock()) found.emplace_back(key, std::move(attended));
    }
    return found;
  }

  void tick(Clock::time_point now) {
    for (auto& [key, attended] : alive()) {
      const std::uint32_t events = attended->on_tick(now);
      std::lock_guard lock(mutex);
      arm(key, entries[key], attended->descriptor(), events);
    }
  }

  void handle(std::uint64_t key, std::uint32_t events) {
    if (key == kWakeKey) {
      std::uint64_t count = 0;
      (void)!::read(wake.get(), &count, sizeof(count));
      woken = false;
      return;
    }
    std::shared_ptr<Attended> attended;
    {
      std::lock_guard lock(mutex);
      const auto found = entries.find(key);
      if (found == entries.end()) return;
      attended = found->second.attended.lock();
      found->second.armed = 0;
    }
    if (!attended) return;
    const std::uint32_t wanted = attended->on_events(events);
    std::lock_guard lock(mutex);
    arm(key, entries[key], attended->descriptor(), wanted);
  }
};

NetThread::NetThread() : state_(std::make_shared<State>()) {
  state_->epoll = Socket(::epoll_create1(EPOLL_CLOEXEC));
  state_->wake = Socket(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kWakeKey}};
  if (!state_->epoll || !state_->wake ||
      ::epoll_ctl(state_->epoll.get(), EPOLL_CTL_ADD, state_->wake.get(), &event) != 0) {
    throw Error(ErrorKind::kSystem, fmt::format("cannot watch the network: {}", std::strerror(errno)));
  }
  thread_ = std::thread([state = state_] { run(state); });
}

NetThread::~NetThread() { stop(); }

void NetThread::stop() noexcept {
  std::lock_guard lock(stop_mutex_);
  if (!thread_.joinable()) return;
  state_->stopping = true;
  attend();
  // The last user of a connection may be this very thread, which then ends by itself.
  thread_.get_id() == std::this_thread::get_id() ? thread_.detach() : thread_.join();
}

void NetThread::add(const std::shared_ptr<Attended>& attended) {
  {
    std::lock_guard lock(state_->mutex);
    const std::uint64_t key = state_->next_key++;
    epoll_event event{.events = 0, .data = {.u64 = key}};
    event.events = EPOLLONESHOT;
    if (::epoll_ctl(state_->epoll.get(), EPOLL_CTL_ADD, attended->descriptor(), &event) != 0) {
      throw Error(ErrorKind::kSystem, fmt::format("cannot watch a connection: {}", std::strerror(errno)));
    }
    state_->entries[key].attended = attended;
  }
  attend();
}

void NetThread::attend() noexcept {
  if (state_->woken.exchange(true)) return;
  const std::uint64_t one = 1;
  (void)!::write(state_->wake.get(), &one, sizeof(one));
}

void NetThread::run(const std::shared_ptr<State>& state) {
  Clock::time_point next_tick = Clock::now();
  while (!state->stopping) {
    std::array<epoll_event, 16> events;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_tick - Clock::now()).count();
    const int ready = ::epoll_wait(state->epoll.get(), events.data(), events.size(),
                                   static_cast<int>(std::max<std::int64_t>(left, 0)));
    bool tick_now = Clock::now() >= next_tick;
    for (int i = 0; i < ready; ++i) {
      const epoll_event event = events[static_cast<std::size_t>(i)];
      const std::uint64_t key = event.data.u64;  // the event is packed
      tick_now |= key == kWakeKey;
      state->handle(key, event.events);
    }
    if (!tick_now) continue;
    const auto now = Clock::now();
    state->tick(now);
    next_tick = now + kTick;
  }
}

}  // namespace sotto::net
