// A link that moves nothing and counts what a real one would: for predicting costs.
#pragma once

#include <span>
#include <string>
#include <utility>

#include "net/link.h"

namespace sotto::net {

class CountingLink final : public Link {
 public:
  explicit CountingLink(std::string peer_name) : peer_name_(std::move(peer_name)) {}

  void send(std::span<const std::byte> bytes) override;
  void end_round(std::uint32_t round, std::uint64_t tag) override;
  // Leaves the span as it is.
  void receive(std::span<std::byte> into) override { traffic_.bytes_received += into.size(); }
  // Always 0.
  std::uint64_t receive_end(std::uint32_t) override { return 0; }
  void abort(const std::string&) noexcept override {}
  const Traffic& traffic() const override { return traffic_; }
  const std::string& peer_name() const override { return peer_name_; }

 private:
  const std::string peer_name_;
  Traffic traffic_;
  std::size_t unflushed_ = 0;  // bytes that a real link would still hold
};

}  // namespace sotto::net
