// A connection: everything between this party and one peer. It carries up to `sessions` links at once, each
// with its own flow control, and derives the keys that the two parties share.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/link.h"

namespace sotto::net {

using Digest = std::array<std::byte, 32>;       // SHA-256
using PairwiseKey = std::array<std::byte, 16>;  // of the addressed generator that two parties share

// Bounds of one connection.
struct ConnectionOptions {
  // What a peer may send ahead in one session: more than rate times round trip, or the network idles (1
  // Gbit/s over 100 ms needs 12.5 MB); more than twice kFlushBytes.
  std::size_t window_bytes = 16 * 1024 * 1024;
  // Session numbers are below this; a frame for another is an error of the peer.
  std::uint16_t sessions = 1024;
  // Sessions which the peer has begun and this side has not opened yet (each buffers at most a window).
  std::size_t unopened_sessions = 64;
  // In-process links only: how long a receive or a blocked send may wait. Between processes, heartbeats
  // decide.
  std::chrono::milliseconds stall_timeout = std::chrono::minutes(5);
};

// Thread-safe; each link of it is used from one thread. Links keep the connection alive.
class Connection {
 public:
  virtual ~Connection() = default;

  // The link of a session that both sides open by the same number; either may be first. A number can be used
  // again after both sides have destroyed their links. Throws kInternal on a number in use or out of bounds.
  virtual std::unique_ptr<Link> open_session(std::uint16_t session) = 0;

  // The same key at both ends and nowhere else, new in each connection: the TLS 1.3 exporter with the label
  // "EXPORTER-sotto-pairwise" over the session's name and the job's digest.
  virtual PairwiseKey pairwise_key(std::string_view session_name, const Digest& job) = 0;

  // Ends all sessions at both ends, telling the peer why. Never throws, never blocks for more than a second.
  virtual void abort(const std::string& reason) noexcept = 0;

  virtual const std::string& peer_name() const = 0;
};

}  // namespace sotto::net
