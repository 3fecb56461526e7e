// Sessions over one ordered stream of frames; what all connections have in common, whatever carries the
// frames.
//
// Flow control: a sender may have `window_bytes` under way per session; the receiver grants more as its user
// consumes. Only a user that computes pushes back: while it is blocked itself (sending or receiving), its
// peers are granted a window more from time to time, since they may be what it waits for in a circle. Memory
// then buys progress, and bulk sends in both directions at once cannot deadlock.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "net/connection.h"
#include "net/failure.h"
#include "net/frame.h"
#include "net/shaped.h"

namespace sotto::net {

class Multiplexer;

// What the connections of one party share. Thread-safe.
class Node {
 public:
  // `fail_together`: the unexpected death of one connection ends all of them. `shaper`: emulates a network;
  // or null.
  explicit Node(bool fail_together, std::shared_ptr<Shaper> shaper = nullptr)
      : fail_together_(fail_together), shaper_(std::move(shaper)) {}

  void add(const std::shared_ptr<Multiplexer>& connection);
  // This session's user is blocked: lets all peers send a window beyond what has arrived.
  void relieve(std::uint16_t session);
  // A peer aborted this session: the links of the session to all other peers fail too.
  void end_session(std::uint16_t session, const Error& error);
  // A connection died: aborts the others, with its error.
  void spread(const Multiplexer& failed, const Error& error);
  Shaper* shaper() const { return shaper_.get(); }

 private:
  std::vector<std::shared_ptr<Multiplexer>> connections();

  const bool fail_together_;
  const std::shared_ptr<Shaper> shaper_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Multiplexer>> connections_;
};

// The state of one session at one end; guarded by its multiplexer's mutex.
struct Session {
  std::uint16_t number = 0;
  std::deque<Frame> queue;          // arrived, not yet consumed
  std::condition_variable changed;  // the queue, the credit or a failure
  std::uint64_t received = 0;       // by cost, as all of these
  std::uint64_t consumed = 0;
  std::uint64_t granted = 0;  // the peer may send up to here
  std::uint64_t sent = 0;
  std::uint64_t allowed = 0;            // we may send up to here
  bool opened = false, closed = false;  // by us
  bool peer_closed = false;
  std::optional<Failure> failure;  // of this session alone, or of the connection at once
};

// Lock order: mutex_ is never held while a frame is transmitted.
class Multiplexer : public Connection, public FrameSink, public std::enable_shared_from_this<Multiplexer> {
 public:
  Multiplexer(std::string peer_name, std::shared_ptr<Node> node, const ConnectionOptions& options);

  std::unique_ptr<Link> open_session(std::uint16_t number) override;
  void abort(const std::string& reason) noexcept override;
  const std::string& peer_name() const override { return peer_name_; }

  // Used by the links of this connection.
  Frame pop(Session& session);
  void push(Session& session, Frame& frame);
  void abort_session(Session& session, const std::string& reason) noexcept;
  void close_session(Session& session) noexcept;
  // Whether a network is emulated: end marks then carry no data.
  bool is_shaped() const { return node_->shaper() != nullptr; }

  // Ends all sessions. `at_once` also discards what has arrived; else users may still consume that.
  // `spreads` also ends the party's other connections when its node says so.
  void fail(const Error& error, bool at_once, bool spreads);
  std::optional<Error> failure();

  // Transmits; a failure is found out by whoever reads.
  void release(Frame& frame) noexcept override;

 protected:
  friend class Node;

  // Sends the frame, in the order of calls, and may take its bytes. Throws Error when the connection is down.
  virtual void transmit(Frame& frame) = 0;
  // Releases the lock and waits until `changed` is notified, or until the time, or for no reason. The time is
  // at most some milliseconds away: who waits inside the transport sees a failure then.
  virtual void wait(std::unique_lock<std::mutex>& lock, Session& session, Clock::time_point until);
  // Whether users had better wait before they send more data; wait() helps.
  virtual bool congested() const { return false; }
  // The end of a wait for which there is no progress; nothing where heartbeats decide about stalls.
  virtual std::optional<Clock::duration> stall_timeout() const { return std::nullopt; }

  // An arrived frame, its header already checked by problem_of(); calls are in the order of arrival.
  void deliver(Frame frame);
  // Ends the connection because the peer broke the protocol: "sent a frame …".
  void protocol_error(const std::string& what);
  // Ends the connection, telling the peer the reason, and the party's other connections when its node says
  // so.
  void end_and_spread(const Error& error, const std::string& reason);
  // What wait() is called with; guards the sessions.
  std::mutex& mutex() { return mutex_; }
  Error peer_error(const std::string& what) const;

  const ConnectionOptions options_;

 private:
  using SessionPointer = std::shared_ptr<Session>;

  void dispatch(Frame& frame);                      // transmits, through the emulated network if there is one
  std::string stamp_arrival(Frame& frame) const;    // of a frame of data; what is wrong with it
  SessionPointer find(std::uint16_t number);        // creates an unopened one; null: unknown
  void accept_data(Session& session, Frame frame);  // a data or end frame
  void end_session(std::uint16_t number, const Error& error);
  void accept_control(Session& session, Frame& frame);  // grant, abort, close
  std::uint64_t grant_due(Session& session, std::uint64_t base);
  void send_grant(Session& session, std::uint64_t bytes);
  void relieve(std::uint16_t number);
  struct Patience {
    Clock::duration interval;
    Clock::time_point relief;   // when to relieve the peers next
    Clock::time_point give_up;  // when the wait is a stall
  };
  Patience patience(Clock::duration interval) const;
  void wait_patiently(std::unique_lock<std::mutex>& lock, Session& session, Patience& patience);
  void check_sendable(const Session& session) const;
  void end_with(const Error& error, const std::string& reason) noexcept;
  void forget_if_closed(Session& session);

  const std::string peer_name_;
  const std::shared_ptr<Node> node_;
  std::mutex mutex_;
  std::unordered_map<std::uint16_t, SessionPointer> sessions_;
  std::size_t unopened_ = 0;
  std::optional<Failure> failure_;
};

}  // namespace sotto::net
