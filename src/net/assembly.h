// How a mesh comes together: one thread dials each party of a lower index, one accepts those of higher ones,
// until all are connected, one has failed for good, or the time is over.
#pragma once

#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "net/handshake.h"
#include "net/mesh.h"
#include "net/net_thread.h"

namespace sotto::net {

class Assembly {
 public:
  Assembly(const MeshOptions& options, const Identity& identity, Socket listener,
           std::shared_ptr<Shaper> shaper);
  // The connections by party, null at self. On failure tells the connected parties why and throws.
  std::vector<std::shared_ptr<TcpConnection>> run();
  const std::shared_ptr<NetThread>& net_thread() const { return net_thread_; }

 private:
  class Cancellable;

  void dial(std::size_t peer);
  // One attempt; true when there is nothing more to do. Throws when there never will be.
  bool try_dial(std::size_t peer, const Endpoint& endpoint, std::optional<Clock::time_point>& seen);
  void accept_all();
  void greet(Accepted accepted);
  void greet_known(SecureSocket socket, std::size_t peer, Cancellable& cancellable);

  void wait_for_all();
  void wait_for_those_to_tell();
  void wait_for_readiness();
  void stop();
  [[noreturn]] void give_up(const Error& error);

  // Thread-safe, as all below.
  bool stopping();
  void add(std::size_t peer, SecureSocket socket);
  // Records the first failure. `told`: the party that knows already, or none.
  void fail(const Error& error, std::optional<std::size_t> told = {});
  void note(std::size_t peer, const std::string& text);
  bool is_connected(std::size_t peer);
  std::optional<Error> first_failure();
  Error too_late();
  Error stalled(std::size_t peer) const;
  std::optional<std::size_t> awaited_from(const std::string& host);
  Hello hello() const;

  const MeshOptions& options_;
  const Clock::time_point deadline_;
  const std::shared_ptr<const TlsContext> context_;
  const std::shared_ptr<Node> node_;
  const std::shared_ptr<NetThread> net_thread_;
  Socket listener_;
  std::vector<std::thread> threads_;  // of this object's user, but for the greeters

  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::optional<Failure> failure_;
  std::vector<std::shared_ptr<TcpConnection>> connections_;
  std::vector<bool> told_;          // per party: it knows why there will be no mesh
  std::vector<std::string> notes_;  // per party: what the latest attempt came to
  Clock::time_point stranger_came_{};
  std::optional<std::string> stranger_;  // who came with a certificate that nobody has
  std::set<int> cancellable_;            // sockets in use by the threads
};

}  // namespace sotto::net
