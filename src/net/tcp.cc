#include "net/tcp.h"

#include <fmt/format.h>
#include <linux/sockios.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "net/wire.h"

namespace sotto::net {
namespace {

// Ciphertext beyond this would only fall out of the caches while it waits for the socket.
constexpr std::size_t kMostBacklog = 1024 * 1024;
constexpr std::string_view kPairwiseLabel = "EXPORTER-sotto-pairwise";

double seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

std::shared_ptr<TcpConnection> TcpConnection::start(SecureSocket socket, std::string peer_name,
                                                    std::shared_ptr<Node> node,
                                                    std::shared_ptr<NetThread> net_thread,
                                                    std::shared_ptr<const TlsContext> context,
                                                    const TcpOptions& options) {
  std::shared_ptr<TcpConnection> connection(new TcpConnection(
      std::move(socket), std::move(peer_name), node, std::move(net_thread), std::move(context), options));
  node->add(connection);
  // What came in one piece with the handshake's last bytes announces itself no more.
  connection->decrypt_and_deliver();
  connection->net_thread_->add(connection);
  return connection;
}

TcpConnection::TcpConnection(SecureSocket socket, std::string peer_name, std::shared_ptr<Node> node,
                             std::shared_ptr<NetThread> net_thread, std::shared_ptr<const TlsContext> context,
                             const TcpOptions& options)
    : Multiplexer(std::move(peer_name), std::move(node), options.connection),
      options_(options),
      net_thread_(std::move(net_thread)),
      context_(std::move(context)),
      socket_(std::move(socket)),
      last_sent_(Clock::now()),
      last_heard_(last_sent_),
      last_tick_(last_sent_) {}

TcpConnection::~TcpConnection() {
  try {
    say_goodbye();
  } catch (...) {
    // Best effort: the peer sees a broken connection instead.
  }
}

PairwiseKey TcpConnection::pairwise_key(std::string_view session_name, const Digest& job) {
  std::vector<std::byte> context(8 + session_name.size() + job.size());
  store<std::uint64_t>(context.data(), session_name.size());
  std::memcpy(context.data() + 8, session_name.data(), session_name.size());
  std::memcpy(context.data() + 8 + session_name.size(), job.data(), job.size());
  std::lock_guard lock(tls_mutex_);
  return socket_.tls().export_key(kPairwiseLabel, context);
}

void TcpConnection::transmit(Frame& frame) {
  std::array<std::byte, kFrameHeaderBytes> bare;
  std::byte* header = frame.bytes ? frame.bytes.get() : bare.data();
  encode(frame.header, std::span<std::byte, kFrameHeaderBytes>(header, kFrameHeaderBytes));
  std::lock_guard lock(tls_mutex_);
  try {
    socket_.tls().write({header, kFrameHeaderBytes + frame.header.length});
  } catch (const Error&) {
    throw peer_error("is gone: the connection is broken");  // whoever reads says more
  }
  if (backlog_ == 0) flush();
  last_sent_ = Clock::now();
}

bool TcpConnection::congested() const { return backlog_ > kMostBacklog; }

// Needs tls_mutex_. A broken connection is not reported here: whoever reads finds out why, perhaps by an
// abort message that is still to be read.
void TcpConnection::flush() {
  socket_.flush();
  backlog_ = socket_.tls().output().size();
}

void TcpConnection::wait(std::unique_lock<std::mutex>& lock, Session& session, Clock::time_point until) {
  if (driver_ != Driver::kNone || input_ended_) {
    waiting_.push_back(&session);
    session.changed.wait_until(lock, until);
    std::erase(waiting_, &session);
    return;
  }
  driver_ = Driver::kUser;
  ++drives_;
  lock.unlock();
  try {
    drive(until);
  } catch (...) {
    lock.lock();
    stop_driving();
    throw;
  }
  lock.lock();
  stop_driving();
}

void TcpConnection::drive(Clock::time_point until) {
  const short interesting = backlog_ == 0 ? POLLIN : POLLIN | POLLOUT;
  const short events = wait_for(socket_.descriptor(), interesting, until);
  if ((events & POLLOUT) != 0) {
    std::lock_guard lock(tls_mutex_);
    flush();
  }
  if ((events & ~POLLOUT) != 0) read_socket();
}

void TcpConnection::stop_driving() {
  driver_ = Driver::kNone;
  if (!waiting_.empty()) waiting_.front()->changed.notify_one();
}

void TcpConnection::read_socket() {
  const auto input = socket_.fill();
  const int error = errno;
  if (input == SecureSocket::Input::kNone) return;
  if (input == SecureSocket::Input::kEnd) {
    handle_end(error);
    return;
  }
  last_heard_ = Clock::now();
  decrypt_and_deliver();
}

void TcpConnection::decrypt_and_deliver() {
  try {
    for (Frame& frame : decrypt()) deliver(std::move(frame));
    bool closed = false;
    {
      std::lock_guard lock(tls_mutex_);
      closed = socket_.tls().peer_closed();
    }
    if (closed) handle_end(0);
  } catch (const Error& problem) {
    input_ended_ = true;
    protocol_error(problem.message());
  } catch (const std::exception& problem) {
    input_ended_ = true;
    end_and_spread(
        Error(ErrorKind::kSystem, fmt::format("receiving from party {}: {}", peer_name(), problem.what())),
        "cannot receive any more");
  }
}

std::vector<Frame> TcpConnection::decrypt() {
  std::vector<Frame> frames;
  std::lock_guard lock(tls_mutex_);
  while (const std::size_t length = socket_.tls().read(reader_.room())) {
    if (auto frame = reader_.filled(length)) frames.push_back(std::move(*frame));
  }
  return frames;
}

void TcpConnection::handle_end(int error) {
  input_ended_ = true;
  bool orderly = false;
  {
    std::lock_guard lock(tls_mutex_);
    orderly = socket_.tls().peer_closed();
  }
  if (orderly) {
    fail(peer_error("has left"), false, false);
  } else {
    const std::string reason = error == 0 ? "its process ended" : std::strerror(error);
    fail(peer_error(fmt::format("is gone: the connection broke ({})", reason)), false, true);
  }
}

std::uint32_t TcpConnection::on_events(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    std::lock_guard lock(tls_mutex_);
    flush();
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    std::unique_lock lock(mutex());
    if (driver_ == Driver::kNone && !input_ended_) {
      driver_ = Driver::kNetThread;
      lock.unlock();
      read_socket();
      lock.lock();
      stop_driving();
    }
  }
  return wanted_events();
}

std::uint32_t TcpConnection::on_tick(Clock::time_point now) {
  beat(now);
  check_alive(now);
  const std::uint32_t events = wanted_events();
  std::lock_guard lock(mutex());
  drives_at_last_tick_ = drives_;
  return events;
}

std::uint32_t TcpConnection::wanted_events() {
  std::uint32_t events = backlog_ == 0 ? 0 : EPOLLOUT;
  std::lock_guard lock(mutex());
  const bool user_was_here = drives_ != drives_at_last_tick_;
  const bool user_is_near = driver_ == Driver::kUser || user_was_here;
  if (!user_is_near && !input_ended_) events |= EPOLLIN;
  return events;
}

void TcpConnection::beat(Clock::time_point now) {
  {
    std::lock_guard lock(tls_mutex_);
    if (now - last_sent_ < options_.heartbeat_interval) return;
  }
  if (failure()) return;
  Frame heartbeat{.header = {.kind = FrameKind::kHeartbeat}, .bytes = nullptr};
  release(heartbeat);
}

void TcpConnection::check_alive(Clock::time_point now) {
  // After this process was suspended, the peer's bytes are still to be read.
  if (now - std::exchange(last_tick_, now) > options_.heartbeat_interval) last_heard_ = now;
  const auto silence = now - last_heard_.load();
  if (silence <= options_.stall_timeout || failure()) return;
  end_and_spread(peer_error(fmt::format("stalled: not a byte came from it for {:.3g} s", seconds(silence))),
                 fmt::format("not a byte came from you for {:.3g} s", seconds(silence)));
}

// Closing a socket with unread bytes makes the kernel discard what is under way to the peer, and so may bytes
// that arrive after a shutdown for reading. So the last bytes are waited for, and whatever still comes is
// read meanwhile. The peer's net thread reads ours even while its user computes.
void TcpConnection::say_goodbye() {
  const bool failed = failure().has_value();
  const auto deadline = Clock::now() + (failed ? options_.linger / 2 : options_.linger);
  std::lock_guard lock(tls_mutex_);
  if (!failed) socket_.tls().close();
  flush();
  int unacknowledged = 1;
  bool finished = false;  // an end of the stream is acknowledged without delay, and the bytes before it
  while (unacknowledged > 0 && Clock::now() < deadline) {
    const short interesting = backlog_ == 0 ? POLLIN : POLLIN | POLLOUT;
    const short events =
        wait_for(socket_.descriptor(), interesting, Clock::now() + std::chrono::milliseconds(1));
    if ((events & (POLLERR | POLLHUP)) != 0) return;
    if ((events & POLLIN) != 0 && socket_.fill() == SecureSocket::Input::kEnd) return;
    socket_.tls().input().consume(socket_.tls().input().size());
    flush();
    if (backlog_ == 0 && !std::exchange(finished, true)) ::shutdown(socket_.descriptor(), SHUT_WR);
    if (backlog_ == 0 && ::ioctl(socket_.descriptor(), SIOCOUTQ, &unacknowledged) != 0) return;
  }
}

}  // namespace sotto::net
