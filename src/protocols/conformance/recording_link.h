// A link that keeps a copy of what arrives.
#pragma once

#include <memory>
#include <vector>

#include "net/link.h"

namespace sotto::protocols::conformance {

class RecordingLink final : public net::Link {
 public:
  explicit RecordingLink(std::unique_ptr<net::Link> link) : link_(std::move(link)) {}

  void send(std::span<const std::byte> bytes) override { link_->send(bytes); }
  void end_round(std::uint32_t round, std::uint64_t tag) override { link_->end_round(round, tag); }
  void receive(std::span<std::byte> into) override {
    link_->receive(into);
    received_.insert(received_.end(), into.begin(), into.end());
  }
  std::uint64_t receive_end(std::uint32_t round) override { return link_->receive_end(round); }
  void abort(const std::string& reason) noexcept override { link_->abort(reason); }
  const net::Traffic& traffic() const override { return link_->traffic(); }
  const std::string& peer_name() const override { return link_->peer_name(); }

  const std::vector<std::byte>& received() const { return received_; }

 private:
  std::unique_ptr<net::Link> link_;
  std::vector<std::byte> received_;
};

}  // namespace sotto::protocols::conformance
