// A link: one ordered, reliable, authenticated byte stream to one peer within one session, cut into rounds.
//
// Nothing on the wire has a name: plans are static, so both ends know every length. A sender appends to the round's
// stream; bytes leave in frames of at most kFlushBytes, or when the round ends. The receiver asks for exactly the
// lengths that were sent, then checks the end mark: round number and a running hash of the tags of everything sent.
// A mismatch means that the parties have lost step and is an error, never garbage.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace sotto::net {

inline constexpr std::size_t kFlushBytes = 256 * 1024;

// Payload counted at the link: what protocols sent, without frame headers and TLS records.
struct Traffic {
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t frames_sent = 0;
};

// Used from one thread. Errors: ErrorKind::kPeer naming the peer and the reason when it died, stalled (no heartbeat)
// or lost step; once failed, every later call fails with the same error.
class Link {
 public:
  virtual ~Link() = default;

  // Appends a copy of the bytes to this round's stream. May block when the peer does not drain (bounded queue).
  virtual void send(std::span<const std::byte> bytes) = 0;
  // Ends the round's stream and flushes. Called only in rounds in which something was sent.
  virtual void end_round(std::uint32_t round, std::uint64_t tag) = 0;

  // Blocks until the span is filled with the next bytes of the stream.
  virtual void receive(std::span<std::byte> into) = 0;
  // Consumes the end mark, which must follow immediately and carry this round number; returns the sender's tag.
  virtual std::uint64_t receive_end(std::uint32_t round) = 0;

  // Tells the peer why this side gives up; best effort, never throws, never blocks for more than a second.
  virtual void abort(const std::string& reason) noexcept = 0;

  virtual const Traffic& traffic() const = 0;
  virtual const std::string& peer_name() const = 0;
};

}  // namespace sotto::net
