#include "net/probe.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "base/error.h"
#include "net/probe_measure.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;

constexpr auto kDialInterval = milliseconds(100);
constexpr auto kDialAttempt = std::chrono::seconds(2);
constexpr auto kGreeting = std::chrono::seconds(5);
constexpr auto kGlance = milliseconds(50);
// A party that runs the job says hello together with the end of its TLS handshake.
constexpr auto kSilence = milliseconds(400);
constexpr auto kMeasuring = std::chrono::seconds(30);
constexpr std::size_t kMostStrangers = 5;

class Prober {
 public:
  Prober(const ProbeOptions& options, const Identity& identity, Socket listener)
      : options_(options),
        context_(identity),
        deadline_(Clock::now() + options.wait),
        listener_(std::move(listener)),
        peers_(options.names.size()),
        sockets_(options.names.size()) {
    for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
      peers_[peer].party = options.names[peer];
      peers_[peer].address = options.addresses[peer];
      peers_[peer].dialled = peer < options.self;
    }
  }

  Probed run() {
    std::vector<std::thread> threads;
    for (std::size_t peer = 0; peer < peers_.size(); ++peer)
      if (peer != options_.self) threads.emplace_back([this, peer] { look_at(peer); });
    if (listener_) threads.emplace_back([this] { accept_all(); });
    for (auto& thread : threads) thread.join();
    listener_ = Socket();
    measure_all();
    Probed probed;
    for (std::size_t peer = 0; peer < peers_.size(); ++peer)
      if (peer != options_.self) probed.peers.push_back(std::move(peers_[peer]));
    probed.strangers = std::move(strangers_);
    probed.broken_off = broken_off_;
    return probed;
  }

 private:
  void look_at(std::size_t peer) {
    try {
      const Endpoint endpoint = parse_endpoint(options_.addresses[peer]);
      const auto numeric = numeric_address(endpoint);
      change(peer, [&](ProbedPeer& found) { found.resolved = numeric; });
      if (peer < options_.self)
        while (Clock::now() < deadline_ && !dial(peer, endpoint)) std::this_thread::sleep_for(kDialInterval);
    } catch (const std::exception& error) {
      change(peer, [&](ProbedPeer& found) { found.resolve_error = text_of(error); });
    }
  }

  // One attempt; true when there is nothing more to find out.
  bool dial(std::size_t peer, const Endpoint& endpoint) {
    Socket socket;
    try {
      socket = connect_to(endpoint, std::min(deadline_, Clock::now() + kDialAttempt));
    } catch (const Error& error) {
      change(peer, [&](ProbedPeer& found) {
        found.reach_error = error.message();
        found.refused = error.message().ends_with(std::strerror(ECONNREFUSED));
      });
      return false;
    }
    change(peer, [&](ProbedPeer& found) { found.reached = true; });
    try {
      // It must have time to see that this side stays silent.
      const auto by = std::max(deadline_, Clock::now() + kSilence * 3);
      SecureSocket secure(std::move(socket), context_, TlsRole::kClient, {options_.pins[peer]}, by);
      const Hello hello = read_hello(secure, std::min(by, Clock::now() + kGreeting));
      if (const auto theirs = from_probe(hello)) {
        write_hello(secure, mine(), by);
        met(peer, *theirs, std::move(secure));
      } else {
        met_a_run(peer, hello);
      }
      return true;
    } catch (const Error& error) {
      change(peer, [&](ProbedPeer& found) {
        (error.kind() == ErrorKind::kIdentity ? found.identity_error : found.measure_error) = error.message();
      });
      return error.kind() == ErrorKind::kIdentity;
    }
  }

  void accept_all() {
    std::list<std::future<void>> greeters;
    while (Clock::now() < deadline_ && !all_came()) {
      std::erase_if(greeters, [](const auto& greeter) {
        return greeter.wait_for(milliseconds(0)) == std::future_status::ready;
      });
      auto accepted = accept_from(listener_, Clock::now() + kGlance);
      if (!accepted || greeters.size() > 16) continue;
      auto shared = std::make_shared<Accepted>(std::move(*accepted));
      greeters.push_back(std::async(std::launch::async, [this, shared] { greet(std::move(*shared)); }));
    }
  }

  void greet(Accepted accepted) {
    try {
      const auto by = Clock::now() + kGreeting;
      const std::vector<Fingerprint> higher(
          options_.pins.begin() + static_cast<std::ptrdiff_t>(options_.self) + 1, options_.pins.end());
      SecureSocket secure(std::move(accepted.socket), context_, TlsRole::kServer, higher, by);
      const auto found = std::ranges::find(options_.pins, secure.tls().peer_fingerprint());
      greet_known(static_cast<std::size_t>(found - options_.pins.begin()), std::move(secure), by);
    } catch (const Error& error) {
      std::lock_guard lock(mutex_);
      if (error.kind() == ErrorKind::kIdentity && strangers_.size() < kMostStrangers)
        strangers_.push_back(fmt::format("a connection from {} {}", accepted.from, error.message()));
      else
        broken_off_ = true;
    }
  }

  void greet_known(std::size_t peer, SecureSocket secure, Clock::time_point by) {
    change(peer, [](ProbedPeer& found) { found.reached = true; });
    try {
      if (const auto hello = early_hello(secure)) return met_a_run(peer, *hello);
      write_hello(secure, mine(), by);
      const auto theirs = from_probe(read_hello(secure, by));
      if (theirs) met(peer, *theirs, std::move(secure));
    } catch (const Error& error) {
      change(peer, [&](ProbedPeer& found) { found.measure_error = error.message(); });
    }
  }

  // The hello of a party that runs the job, which is not answered; nothing of a probe, which waits.
  static std::optional<Hello> early_hello(SecureSocket& secure) {
    try {
      return read_hello(secure, Clock::now() + kSilence);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kPeer || secure.tls().peer_closed()) throw;
      return std::nullopt;
    }
  }

  Hello mine() const {
    Hello hello = as_probe(options_.hello);
    SOTTO_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(hello.nonce.data()), sizeof(hello.nonce)) == 1,
                 "the operating system gives no randomness");
    return hello;
  }

  void met(std::size_t peer, const Hello& theirs, SecureSocket secure) {
    change(peer, [&](ProbedPeer& found) {
      found.authenticated = true;
      found.hello = theirs;
      found.difference = difference(options_.hello, theirs, static_cast<std::uint16_t>(peer));
      sockets_[peer] = std::make_unique<SecureSocket>(std::move(secure));
    });
  }

  void met_a_run(std::size_t peer, const Hello& theirs) {
    change(peer, [&](ProbedPeer& found) {
      found.authenticated = found.running = true;
      found.hello = theirs;
      found.difference = difference(options_.hello, theirs, static_cast<std::uint16_t>(peer));
    });
  }

  bool all_came() {
    std::lock_guard lock(mutex_);
    for (std::size_t peer = options_.self + 1; peer < peers_.size(); ++peer)
      if (!peers_[peer].authenticated) return false;
    return true;
  }

  // One pair after another, in the same order everywhere, so that no two measurements share a line.
  void measure_all() {
    for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
      if (!sockets_[peer]) continue;
      auto& found = peers_[peer];
      try {
        const auto by = std::max(deadline_, Clock::now()) + options_.wait + kMeasuring;
        const Measured measured = measure(*sockets_[peer], found.dialled, by);
        found.round_trip_seconds = measured.round_trip_seconds;
        found.sent_per_second = measured.sent_per_second;
        found.received_per_second = measured.received_per_second;
        found.measure_error.clear();
      } catch (const Error& error) {
        found.measure_error = error.message();
      }
      sockets_[peer].reset();
    }
  }

  void change(std::size_t peer, const std::function<void(ProbedPeer&)>& by) {
    std::lock_guard lock(mutex_);
    by(peers_[peer]);
  }

  static std::string text_of(const std::exception& error) {
    const auto* known = dynamic_cast<const Error*>(&error);
    return known ? known->message() : error.what();
  }

  const ProbeOptions& options_;
  const TlsContext context_;
  const Clock::time_point deadline_;
  Socket listener_;
  std::mutex mutex_;
  std::vector<ProbedPeer> peers_;
  std::vector<std::unique_ptr<SecureSocket>> sockets_;
  std::vector<std::string> strangers_;
  bool broken_off_ = false;
};

}  // namespace

Probed probe_peers(const ProbeOptions& options, const Identity& identity, Socket listener) {
  return Prober(options, identity, std::move(listener)).run();
}

}  // namespace sotto::net
