#include "net/assembly.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <future>
#include <list>

#include "base/error.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;

constexpr auto kDialInterval = milliseconds(100);
constexpr auto kDialAttempt = std::chrono::seconds(2);
// A party whose process was there and then refuses connections for so long has died.
constexpr auto kGraceAfterDeath = std::chrono::seconds(6);
// After a failure, how long to wait for the parties that can still be told.
constexpr auto kTelling = std::chrono::seconds(2);
// When somebody came with a certificate that nobody has, it was most likely a party with a new one: the
// others wait only a little longer, for the case that it was a stranger after all.
constexpr auto kGraceAfterStranger = std::chrono::seconds(5);
constexpr auto kGlance = milliseconds(50);
constexpr std::size_t kMostGreeters = 128;  // at a time

// The last session number of each connection is the mesh's own.
std::uint16_t control_session(const MeshOptions& options) {
  return static_cast<std::uint16_t>(options.tcp.connection.sessions - 1);
}

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

// While it lives, stop() ends whatever its socket is blocked in. It has a descriptor of its own, since the
// numbers of closed ones are used again.
class Assembly::Cancellable {
 public:
  Cancellable(Assembly& assembly, const Socket& socket)
      : assembly_(assembly), copy_(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0)) {
    std::lock_guard lock(assembly_.mutex_);
    assembly_.cancellable_.insert(copy_.get());
    if (assembly_.stopping_) ::shutdown(copy_.get(), SHUT_RDWR);
  }
  ~Cancellable() { release(); }
  void release() {
    std::lock_guard lock(assembly_.mutex_);
    assembly_.cancellable_.erase(copy_.get());
  }
  Cancellable(const Cancellable&) = delete;
  Cancellable& operator=(const Cancellable&) = delete;

 private:
  Assembly& assembly_;
  const Socket copy_;
};

Assembly::Assembly(const MeshOptions& options, const Identity& identity, Socket listener,
                   std::shared_ptr<Shaper> shaper)
    : options_(options),
      deadline_(Clock::now() + options.connect_timeout),
      context_(std::make_shared<TlsContext>(identity)),
      node_(std::make_shared<Node>(true, std::move(shaper))),
      net_thread_(std::make_shared<NetThread>()),
      listener_(std::move(listener)),
      connections_(options.names.size()),
      told_(options.names.size()),
      notes_(options.names.size()) {}

std::vector<std::shared_ptr<TcpConnection>> Assembly::run() {
  try {
    for (std::size_t peer = 0; peer < options_.self; ++peer)
      threads_.emplace_back([this, peer] { dial(peer); });
    if (listener_) threads_.emplace_back([this] { accept_all(); });
    wait_for_all();
    stop();
    wait_for_readiness();
  } catch (const Error& error) {
    wait_for_those_to_tell();
    stop();
    give_up(error);
  } catch (...) {
    stop();
    throw;
  }
  return std::move(connections_);
}

void Assembly::give_up(const Error& error) {
  for (const auto& connection : connections_) {
    if (connection) connection->abort(error.message());
  }
  if (Shaper* shaper = node_->shaper()) shaper->drain();  // the reason is still on its emulated way
  throw error;
}

void Assembly::wait_for_all() {
  std::unique_lock lock(mutex_);
  const auto connected = [&] {
    return std::count(connections_.begin(), connections_.end(), nullptr) == 1;  // this party itself
  };
  while (!connected()) {
    lock.unlock();
    if (auto failure = first_failure()) throw *failure;
    lock.lock();
    if (Clock::now() >= (stranger_ ? std::min(deadline_, stranger_came_ + kGraceAfterStranger) : deadline_)) {
      lock.unlock();
      throw too_late();
    }
    changed_.wait_for(lock, std::min<Clock::duration>(kGlance, deadline_ - Clock::now()));
  }
}

// The parties that are about to connect had better learn the reason than find nobody.
void Assembly::wait_for_those_to_tell() {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, std::min(deadline_, Clock::now() + kTelling), [&] {
    for (std::size_t peer = 0; peer < connections_.size(); ++peer) {
      if (peer != options_.self && !connections_[peer] && !told_[peer]) return false;
    }
    return true;
  });
}

// Nobody goes on before all have reached all: a party that fails here has sent nothing to anybody.
void Assembly::wait_for_readiness() {
  std::vector<std::unique_ptr<Link>> links;
  for (const auto& connection : connections_) {
    if (connection) links.push_back(connection->open_session(control_session(options_)));
  }
  for (const auto& link : links) link->end_round(0, 0);
  for (const auto& link : links) link->receive_end(0);
}

void Assembly::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int descriptor : cancellable_) ::shutdown(descriptor, SHUT_RDWR);
    changed_.notify_all();
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  listener_ = Socket();
}

bool Assembly::stopping() {
  std::lock_guard lock(mutex_);
  return stopping_;
}

bool Assembly::is_connected(std::size_t peer) {
  std::lock_guard lock(mutex_);
  return connections_[peer] != nullptr;
}

void Assembly::add(std::size_t peer, SecureSocket socket) {
  std::lock_guard lock(mutex_);
  if (connections_[peer]) return;  // two greeted at once: the first one counts
  connections_[peer] = TcpConnection::start(std::move(socket), options_.names[peer], node_, net_thread_,
                                            context_, options_.tcp);
  changed_.notify_all();
}

void Assembly::fail(const Error& error, std::optional<std::size_t> told) {
  std::lock_guard lock(mutex_);
  if (told) told_[*told] = true;
  if (!failure_ && !stopping_) failure_.emplace(error);
  changed_.notify_all();
}

void Assembly::note(std::size_t peer, const std::string& text) {
  std::lock_guard lock(mutex_);
  if (!stopping_) notes_[peer] = text;
}

std::optional<Error> Assembly::first_failure() {
  std::vector<std::shared_ptr<TcpConnection>> connections;
  {
    std::lock_guard lock(mutex_);
    if (failure_) return failure_->error();
    connections = connections_;
  }
  for (const auto& connection : connections) {
    if (connection == nullptr) continue;
    if (auto failure = connection->failure()) return failure;
  }
  return std::nullopt;
}

Error Assembly::too_late() {
  std::lock_guard lock(mutex_);
  std::string text;
  std::string absent;
  for (std::size_t peer = 0; peer < connections_.size(); ++peer) {
    if (peer == options_.self || connections_[peer]) continue;
    if (absent.empty()) absent = options_.names[peer];
    const std::string limit =
        stranger_ ? "" : fmt::format(" within {:.3g} s", seconds(options_.connect_timeout));
    text += fmt::format("{}party {} {}{}{}", text.empty() ? "" : "; ", options_.names[peer],
                        peer < options_.self ? "could not be reached" : "did not connect", limit,
                        notes_[peer].empty() ? "" : ": " + notes_[peer]);
  }
  if (!stranger_)
    return Error(ErrorKind::kPeer, text, "Is that party running, and its address right?", absent);
  return Error(ErrorKind::kIdentity, fmt::format("{}; {}", text, *stranger_),
               "If that was the party, the job pins an old or wrong fingerprint for it.", absent);
}

Hello Assembly::hello() const {
  return {.party = static_cast<std::uint16_t>(options_.self),
          .parties = static_cast<std::uint16_t>(options_.names.size()),
          .job = options_.job,
          .plan = options_.plan,
          .software = options_.software};
}

void Assembly::dial(std::size_t peer) {
  try {
    const Endpoint endpoint = parse_endpoint(options_.addresses[peer]);
    std::optional<Clock::time_point> seen;  // when it last took a connection
    while (!stopping() && Clock::now() < deadline_ && !try_dial(peer, endpoint, seen)) {
      if (seen && Clock::now() - *seen > kGraceAfterDeath)
        throw Error(ErrorKind::kPeer,
                    fmt::format("party {} at {} was there and is gone: it takes no connections any more",
                                options_.names[peer], to_string(endpoint)),
                    "Its own output says why it ended.", options_.names[peer]);
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kDialInterval, [&] { return stopping_; });
    }
  } catch (const Error& error) {
    fail(error, peer);
  } catch (const std::exception& error) {
    fail(Error(ErrorKind::kInternal, error.what()));
  }
}

bool Assembly::try_dial(std::size_t peer, const Endpoint& endpoint, std::optional<Clock::time_point>& seen) {
  const std::string& name = options_.names[peer];
  auto by = Clock::time_point::max();
  try {
    Socket socket = connect_to(endpoint, std::min(deadline_, Clock::now() + kDialAttempt));
    seen = Clock::now();
    Cancellable cancellable(*this, socket);
    by = *seen + options_.greeting_timeout;
    SecureSocket secure(std::move(socket), *context_, TlsRole::kClient, {options_.pins[peer]}, by);
    shake_hands(secure, hello(), static_cast<std::uint16_t>(peer), name, "", by);
    cancellable.release();
    add(peer, std::move(secure));
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kPeer && Clock::now() >= by) throw stalled(peer);
    if (error.kind() == ErrorKind::kPeer || error.kind() == ErrorKind::kSystem) {
      note(peer, error.message());  // it may come up yet
      return false;
    }
    if (!error.party().empty()) throw;
    throw Error(error.kind(), fmt::format("party {} at {} {}", name, to_string(endpoint), error.message()),
                error.hint(), name);
  }
}

Error Assembly::stalled(std::size_t peer) const {
  return {ErrorKind::kPeer,
          fmt::format("party {} stopped while the connection was being set up: not a word came from it for "
                      "{:.3g} s",
                      options_.names[peer], seconds(options_.greeting_timeout)),
          "Is its process stopped, or its machine overloaded?", options_.names[peer]};
}

// Who stalls before it has said who it is may be a party, when it comes from where one is awaited.
std::optional<std::size_t> Assembly::awaited_from(const std::string& host) {
  for (std::size_t peer = options_.self + 1; peer < options_.names.size(); ++peer)
    if (!is_connected(peer) && is_address_of(host, parse_endpoint(options_.addresses[peer]))) return peer;
  return std::nullopt;
}

void Assembly::accept_all() {
  std::list<std::future<void>> greeters;  // each waits for its thread when it goes
  const auto is_done = [](const std::future<void>& greeter) {
    return greeter.wait_for(milliseconds(0)) == std::future_status::ready;
  };
  try {
    while (!stopping()) {
      std::erase_if(greeters, is_done);  // strangers may come for as long as a party is waited for
      if (greeters.size() >= kMostGreeters) {
        greeters.front().wait_for(kGlance);
        continue;
      }
      auto accepted = accept_from(listener_, Clock::now() + kGlance);
      if (!accepted) continue;
      auto shared = std::make_shared<Accepted>(std::move(*accepted));
      greeters.push_back(std::async(std::launch::async, [this, shared] { greet(std::move(*shared)); }));
    }
  } catch (const std::exception& error) {
    fail(Error(ErrorKind::kSystem, fmt::format("cannot accept connections: {}", error.what())));
  }
}

void Assembly::greet(Accepted accepted) {
  Cancellable cancellable(*this, accepted.socket);
  const auto by = Clock::now() + options_.greeting_timeout;
  try {
    // Somebody who says nothing at all is a prober, and keeps nobody waiting.
    if (wait_for(accepted.socket.get(), POLLIN, by) == 0) return;
    const std::vector<Fingerprint> higher(
        options_.pins.begin() + static_cast<std::ptrdiff_t>(options_.self) + 1, options_.pins.end());
    SecureSocket secure(std::move(accepted.socket), *context_, TlsRole::kServer, higher, by);
    const auto found = std::find(options_.pins.begin(), options_.pins.end(), secure.tls().peer_fingerprint());
    greet_known(std::move(secure), static_cast<std::size_t>(found - options_.pins.begin()), cancellable);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kPeer && Clock::now() >= by) {
      if (const auto peer = awaited_from(accepted.host)) fail(stalled(*peer), *peer);
      return;
    }
    // Anybody may connect and fail to authenticate; that ends nothing.
    std::lock_guard lock(mutex_);
    if (error.kind() == ErrorKind::kIdentity && !stopping_) {
      if (!stranger_) stranger_came_ = Clock::now();
      stranger_ = fmt::format("a connection from {} {}", accepted.from, error.message());
    }
  } catch (const std::exception& error) {
    fail(Error(ErrorKind::kInternal, error.what()));
  }
}

void Assembly::greet_known(SecureSocket socket, std::size_t peer, Cancellable& cancellable) {
  const std::string objection = is_connected(peer) ? "is connected already" : "";
  const auto by = Clock::now() + options_.greeting_timeout;
  try {
    shake_hands(socket, hello(), static_cast<std::uint16_t>(peer), options_.names[peer], objection, by);
    cancellable.release();
    add(peer, std::move(socket));
  } catch (const Error& error) {
    if (!objection.empty() || is_connected(peer)) return;
    if (error.kind() == ErrorKind::kIdentity) {
      fail(error, peer);
    } else if (Clock::now() >= by) {
      fail(stalled(peer), peer);
    } else {
      note(peer, error.message());
    }
  }
}

}  // namespace sotto::net
