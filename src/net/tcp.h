// A connection to a peer in another process: frames in mutual TLS 1.3 over one TCP connection.
//
// A user that waits reads the socket itself, so that a message costs one wake-up; the net thread reads for
// users that are busy. Whoever reads is the driver; there is at most one. What the socket does not take at
// once is kept, and written by a user that waits or by the net thread; a user with more data waits while much
// is kept.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "net/frame_reader.h"
#include "net/multiplexer.h"
#include "net/net_thread.h"
#include "net/secure_socket.h"

namespace sotto::net {

struct TcpOptions {
  std::chrono::milliseconds heartbeat_interval = std::chrono::seconds(1);
  // A peer from which not a byte has come for so long is dead; several heartbeats.
  std::chrono::milliseconds stall_timeout = std::chrono::seconds(8);
  // How long destruction waits for the last bytes to reach the peer.
  std::chrono::milliseconds linger = std::chrono::seconds(2);
  ConnectionOptions connection{};
};

class TcpConnection final : public Multiplexer, public Attended {
 public:
  // Takes over an authenticated socket. The context that made the socket must outlive the connection.
  static std::shared_ptr<TcpConnection> start(SecureSocket socket, std::string peer_name,
                                              std::shared_ptr<Node> node,
                                              std::shared_ptr<NetThread> net_thread,
                                              std::shared_ptr<const TlsContext> context,
                                              const TcpOptions& options);
  ~TcpConnection() override;

  PairwiseKey pairwise_key(std::string_view session_name, const Digest& job) override;

 protected:
  void transmit(Frame& frame) override;
  void wait(std::unique_lock<std::mutex>& lock, Session& session, Clock::time_point until) override;
  bool congested() const override;

  int descriptor() const override { return socket_.descriptor(); }
  std::uint32_t on_events(std::uint32_t events) override;
  std::uint32_t on_tick(Clock::time_point now) override;

 private:
  enum class Driver { kNone, kUser, kNetThread };

  TcpConnection(SecureSocket socket, std::string peer_name, std::shared_ptr<Node> node,
                std::shared_ptr<NetThread> net_thread, std::shared_ptr<const TlsContext> context,
                const TcpOptions& options);

  void read_socket();                   // as the driver
  std::vector<Frame> decrypt();         // as the driver
  void drive(Clock::time_point until);  // a user, as the driver: waits, then reads and writes once
  void stop_driving();                  // with the lock
  void decrypt_and_deliver();           // as the driver
  void handle_end(int error);
  void flush();
  void check_alive(Clock::time_point now);
  void beat(Clock::time_point now);
  std::uint32_t wanted_events();
  void say_goodbye();

  const TcpOptions options_;
  const std::shared_ptr<NetThread> net_thread_;
  const std::shared_ptr<const TlsContext> context_;
  SecureSocket socket_;

  std::mutex tls_mutex_;  // guards the TLS state and its output; never held together with the multiplexer's
  std::atomic<std::size_t> backlog_ =
      0;  // bytes of output that the socket has not taken; changed with tls_mutex_
  Clock::time_point last_sent_;

  // Guarded by the multiplexer's mutex.
  Driver driver_ = Driver::kNone;
  std::vector<Session*> waiting_;  // users that wait while another one drives
  std::uint64_t drives_ = 0;       // times that a user drove

  // Used by the driver only.
  FrameReader reader_;
  std::atomic<bool> input_ended_ = false;

  std::atomic<Clock::time_point> last_heard_;
  // Used by the net thread only.
  std::uint64_t drives_at_last_tick_ = 0;
  Clock::time_point last_tick_;
};

}  // namespace sotto::net
