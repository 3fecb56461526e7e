#include "net/multiplexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/session_link.h"

namespace sotto::net {
namespace {

// The session number of frames that speak for the whole connection.
constexpr std::uint16_t kWholeConnection = 0xFFFF;
// How long a blocked user waits before it lets its peers send more; a blocked sender probably faces another
// one.
constexpr auto kReceiverPatience = std::chrono::milliseconds(20);
constexpr auto kSenderPatience = std::chrono::milliseconds(1);
// In an emulated network.
constexpr auto kLongestJourney = std::chrono::hours(1);

}  // namespace

void Node::add(const std::shared_ptr<Multiplexer>& connection) {
  std::lock_guard lock(mutex_);
  std::erase_if(connections_, [](const auto& known) { return known.expired(); });
  connections_.push_back(connection);
}

std::vector<std::shared_ptr<Multiplexer>> Node::connections() {
  std::vector<std::shared_ptr<Multiplexer>> alive;
  std::lock_guard lock(mutex_);
  for (const auto& weak : connections_) {
    if (auto connection = weak.lock()) alive.push_back(std::move(connection));
  }
  return alive;
}

void Node::relieve(std::uint16_t session) {
  for (const auto& connection : connections()) connection->relieve(session);
}

void Node::end_session(std::uint16_t session, const Error& error) {
  for (const auto& connection : connections()) connection->end_session(session, error);
}

void Node::spread(const Multiplexer& failed, const Error& error) {
  if (!fail_together_) return;
  for (const auto& connection : connections()) {
    if (connection.get() != &failed) connection->end_with(error, error.message());
  }
}

Multiplexer::Multiplexer(std::string peer_name, std::shared_ptr<Node> node, const ConnectionOptions& options)
    : options_(options), peer_name_(std::move(peer_name)), node_(std::move(node)) {
  SOTTO_ASSERT(options_.window_bytes >= 2 * (kFlushBytes + kFrameHeaderBytes), "the window is too small");
}

Error Multiplexer::peer_error(const std::string& what) const {
  return Error(ErrorKind::kPeer, fmt::format("party {} {}", peer_name_, what), "", peer_name_);
}

// In an emulated network data say when they arrive, which end marks follow; all else is carried.
void Multiplexer::dispatch(Frame& frame) {
  Shaper* shaper = node_->shaper();
  const FrameKind kind = frame.header.kind;
  if (shaper != nullptr && kind != FrameKind::kData && kind != FrameKind::kEnd) {
    shaper->carry(shared_from_this(), make_frame(frame.header, {frame.payload(), frame.header.length}));
    return;
  }
  if (shaper != nullptr && kind == FrameKind::kData) {
    const auto arrival = shaper->depart(frame.cost()).time_since_epoch();
    frame.header.tag = static_cast<std::uint64_t>(std::chrono::nanoseconds(arrival).count());
  }
  transmit(frame);
}

std::string Multiplexer::stamp_arrival(Frame& frame) const {
  if (frame.header.kind != FrameKind::kData) return "";
  const auto now = Clock::now();
  if (frame.header.tag == 0) {
    if (is_shaped()) frame.arrival = now;
    return "";
  }
  if (!is_shaped()) return "sent a frame of an emulated network, which this party does not emulate";
  frame.arrival = Clock::time_point(std::chrono::nanoseconds(frame.header.tag));
  if (frame.arrival > now + kLongestJourney)
    return "sent a frame that arrives in an hour; a network is emulated among parties on one machine";
  return "";
}

void Multiplexer::release(Frame& frame) noexcept {
  try {
    transmit(frame);
  } catch (...) {
    // The connection has recorded why it is down.
  }
}

std::unique_ptr<Link> Multiplexer::open_session(std::uint16_t number) {
  std::lock_guard lock(mutex_);
  SOTTO_ASSERT(number < options_.sessions, "session number out of bounds");
  auto session = find(number);
  SOTTO_ASSERT(session != nullptr && !session->opened, "the session is open already");
  session->opened = true;
  --unopened_;
  return std::make_unique<SessionLink>(shared_from_this(), std::move(session));
}

Multiplexer::SessionPointer Multiplexer::find(std::uint16_t number) {
  if (auto known = sessions_.find(number); known != sessions_.end()) return known->second;
  if (number >= options_.sessions || unopened_ >= options_.unopened_sessions) return nullptr;
  auto session = std::make_shared<Session>();
  session->number = number;
  session->granted = session->allowed = options_.window_bytes;
  session->failure = failure_;
  ++unopened_;
  sessions_.emplace(number, session);
  return session;
}

Frame Multiplexer::pop(Session& session) {
  std::unique_lock lock(mutex_);
  std::optional<Patience> waiting;
  while (true) {
    if (session.failure) throw session.failure->error();
    if (!session.queue.empty()) {
      Frame& front = session.queue.front();
      if (front.arrival != Clock::time_point{}) {
        front.visible_at = node_->shaper()->arrive(front.cost(), front.arrival);
        front.arrival = {};
      }
      const auto visible_at = front.visible_at;
      if (visible_at == Clock::time_point{} || visible_at <= Clock::now()) break;
      sharpen_timers();
      session.changed.wait_until(lock, visible_at);
      continue;
    }
    if (failure_) throw failure_->error();
    if (session.peer_closed) throw peer_error("ended the session while more was expected from it");
    if (!waiting) waiting = patience(kReceiverPatience);
    wait_patiently(lock, session, *waiting);
  }
  Frame frame = std::move(session.queue.front());
  session.queue.pop_front();
  session.consumed += frame.cost();
  const std::uint64_t grant = grant_due(session, session.consumed);
  lock.unlock();
  if (grant != 0) send_grant(session, grant);
  return frame;
}

void Multiplexer::check_sendable(const Session& session) const {
  if (session.failure) throw session.failure->error();
  if (failure_) throw failure_->error();
  if (session.peer_closed) throw peer_error("ended the session while more was to be sent to it");
}

void Multiplexer::push(Session& session, Frame& frame) {
  const std::uint64_t cost = frame.cost();
  {
    std::unique_lock lock(mutex_);
    std::optional<Patience> waiting;
    check_sendable(session);
    while (session.sent + cost > session.allowed || congested()) {
      if (!waiting) waiting = patience(kSenderPatience);
      wait_patiently(lock, session, *waiting);
      check_sendable(session);
    }
    session.sent += cost;
  }
  dispatch(frame);
}

Multiplexer::Patience Multiplexer::patience(Clock::duration interval) const {
  const auto now = Clock::now();
  const auto timeout = stall_timeout();
  return {interval, now + interval, timeout ? now + *timeout : Clock::time_point::max()};
}

void Multiplexer::wait_patiently(std::unique_lock<std::mutex>& lock, Session& session, Patience& patience) {
  const auto now = Clock::now();
  if (now >= patience.give_up) {
    const auto waited = std::chrono::duration<double>(*stall_timeout()).count();
    throw peer_error(fmt::format("stalled: nothing came from it for {:.3g} s", waited));
  }
  if (now < patience.relief) {
    wait(lock, session, std::min(patience.relief, patience.give_up));
    return;
  }
  lock.unlock();
  node_->relieve(session.number);
  lock.lock();
  patience.relief = now + patience.interval;
}

void Multiplexer::wait(std::unique_lock<std::mutex>& lock, Session& session, Clock::time_point until) {
  session.changed.wait_until(lock, until);
}

std::uint64_t Multiplexer::grant_due(Session& session, std::uint64_t base) {
  const std::uint64_t target = base + options_.window_bytes;
  if (session.closed || session.peer_closed || target < session.granted + options_.window_bytes / 2) return 0;
  return target - std::exchange(session.granted, target);
}

void Multiplexer::send_grant(Session& session, std::uint64_t bytes) {
  Frame grant{.header = {.session = session.number, .kind = FrameKind::kGrant, .tag = bytes},
              .bytes = nullptr};
  try {
    dispatch(grant);
  } catch (const Error&) {
    // The connection has recorded why it is down; what has arrived may still be consumed.
  }
}

void Multiplexer::relieve(std::uint16_t number) {
  SessionPointer session;
  std::uint64_t grant = 0;
  {
    std::lock_guard lock(mutex_);
    const auto known = sessions_.find(number);
    if (known == sessions_.end() || failure_) return;
    session = known->second;
    grant = grant_due(*session, session->received);
  }
  if (grant != 0) send_grant(*session, grant);
}

void Multiplexer::deliver(Frame frame) {
  const FrameHeader& header = frame.header;
  if (header.kind == FrameKind::kHeartbeat) return;
  if (header.kind == FrameKind::kAbort && header.session == kWholeConnection) {
    fail(peer_error("aborted: " + sanitised({frame.payload(), header.length})), true, true);
    return;
  }
  std::string problem = stamp_arrival(frame);
  if (problem.empty()) {
    std::lock_guard lock(mutex_);
    const auto session = find(header.session);
    if (session == nullptr) {
      problem = fmt::format("sent a frame for unknown session {}", header.session);
    } else if (session->peer_closed) {
      problem = fmt::format("sent a frame for session {} after closing it", header.session);
    } else if (header.kind == FrameKind::kData || header.kind == FrameKind::kEnd) {
      if (session->received + frame.cost() > session->granted) {
        problem = fmt::format("sent more than it was allowed to in session {}", header.session);
      } else {
        accept_data(*session, std::move(frame));
      }
    } else {
      accept_control(*session, frame);
    }
  }
  if (!problem.empty()) {
    protocol_error(problem);
  } else if (frame.header.kind == FrameKind::kAbort) {
    const Error error = peer_error("aborted: " + sanitised({frame.payload(), frame.header.length}));
    end_session(frame.header.session, error);
    node_->end_session(frame.header.session, error);
  }
}

void Multiplexer::end_session(std::uint16_t number, const Error& error) {
  std::lock_guard lock(mutex_);
  const auto known = sessions_.find(number);
  if (known == sessions_.end() || known->second->failure) return;
  known->second->failure.emplace(error);
  known->second->changed.notify_one();
}

void Multiplexer::accept_data(Session& session, Frame frame) {
  session.received += frame.cost();
  if (session.closed) return;  // the user has gone: nobody wants it
  session.queue.push_back(std::move(frame));
  session.changed.notify_one();
}

void Multiplexer::accept_control(Session& session, Frame& frame) {
  switch (frame.header.kind) {
    case FrameKind::kGrant:
      session.allowed += frame.header.tag;
      break;
    case FrameKind::kClose:
      session.peer_closed = true;
      break;
    default:
      break;  // an abort ends the session's links to all peers, which is done without the lock
  }
  session.changed.notify_one();
  forget_if_closed(session);
}

void Multiplexer::forget_if_closed(Session& session) {
  if (session.closed && session.peer_closed) sessions_.erase(session.number);
}

void Multiplexer::protocol_error(const std::string& what) {
  end_and_spread(peer_error("broke the protocol: it " + what), "protocol error: you " + what);
}

void Multiplexer::end_and_spread(const Error& error, const std::string& reason) {
  end_with(error, reason);
  node_->spread(*this, error);
}

void Multiplexer::abort_session(Session& session, const std::string& reason) noexcept {
  try {
    {
      std::lock_guard lock(mutex_);
      if (session.failure || failure_ || session.closed) return;
      session.failure.emplace(Error(ErrorKind::kPeer, fmt::format("this party aborted: {}", reason)));
      session.changed.notify_one();
    }
    const std::string text = sanitised(reason);
    Frame frame =
        make_frame({.session = session.number, .kind = FrameKind::kAbort}, std::as_bytes(std::span(text)));
    dispatch(frame);
  } catch (...) {
    // Best effort: the peer learns of our end from the connection's.
  }
}

void Multiplexer::close_session(Session& session) noexcept {
  try {
    {
      std::lock_guard lock(mutex_);
      session.closed = true;
      session.queue.clear();
      forget_if_closed(session);
      if (failure_) return;
    }
    Frame frame{.header = {.session = session.number, .kind = FrameKind::kClose}, .bytes = nullptr};
    dispatch(frame);
  } catch (...) {
    // The connection is down, which closes the session too.
  }
}

void Multiplexer::abort(const std::string& reason) noexcept {
  try {
    end_with(Error(ErrorKind::kPeer, fmt::format("this party aborted: {}", reason)), reason);
  } catch (...) {
    // Out of memory: the peer learns of our end from the connection's.
  }
}

void Multiplexer::end_with(const Error& error, const std::string& reason) noexcept {
  try {
    if (failure()) return;
    const std::string text = sanitised(reason);
    Frame frame =
        make_frame({.session = kWholeConnection, .kind = FrameKind::kAbort}, std::as_bytes(std::span(text)));
    dispatch(frame);
  } catch (...) {
    // Best effort.
  }
  try {
    fail(error, true, false);
  } catch (...) {
    // Out of memory: the heartbeat or the user's next call finds out.
  }
}

void Multiplexer::fail(const Error& error, bool at_once, bool spreads) {
  {
    std::lock_guard lock(mutex_);
    if (failure_) return;
    failure_.emplace(error);
    for (auto& [number, session] : sessions_) {
      if (at_once && !session->failure) session->failure.emplace(error);
      session->changed.notify_all();
    }
  }
  if (spreads) node_->spread(*this, error);
}

std::optional<Error> Multiplexer::failure() {
  std::lock_guard lock(mutex_);
  if (!failure_) return std::nullopt;
  return failure_->error();
}

}  // namespace sotto::net
