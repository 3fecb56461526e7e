// The link of one session: cuts the user's stream into frames and puts it together again.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "net/multiplexer.h"

namespace sotto::net {

class SessionLink final : public Link {
 public:
  SessionLink(std::shared_ptr<Multiplexer> connection, std::shared_ptr<Session> session)
      : connection_(std::move(connection)), session_(std::move(session)) {}
  ~SessionLink() override { connection_->close_session(*session_); }
  SessionLink(const SessionLink&) = delete;
  SessionLink& operator=(const SessionLink&) = delete;

  void send(std::span<const std::byte> bytes) override;
  void end_round(std::uint32_t round, std::uint64_t tag) override;
  void receive(std::span<std::byte> into) override;
  std::uint64_t receive_end(std::uint32_t round) override;
  void abort(const std::string& reason) noexcept override;
  const Traffic& traffic() const override { return traffic_; }
  const std::string& peer_name() const override { return connection_->peer_name(); }

 private:
  void flush(const FrameHeader& header);
  void next_frame();
  [[noreturn]] void lost_step(const std::string& how);

  const std::shared_ptr<Multiplexer> connection_;
  const std::shared_ptr<Session> session_;
  Traffic traffic_;
  Frame outgoing_;             // header.length bytes of the round's stream wait in it
  Frame incoming_;             // being consumed
  std::size_t consumed_ = 0;   // bytes of it
  bool end_expected_ = false;  // incoming_ carries an end mark that has not been consumed
};

}  // namespace sotto::net
