#include "net/session_link.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace sotto::net {

void SessionLink::send(std::span<const std::byte> bytes) {
  traffic_.bytes_sent += bytes.size();
  while (!bytes.empty()) {
    if (!outgoing_.bytes) {
      outgoing_.bytes = std::make_unique_for_overwrite<std::byte[]>(kFrameHeaderBytes + kFlushBytes);
    }
    std::uint32_t& used = outgoing_.header.length;
    const std::size_t taken = std::min(bytes.size(), kFlushBytes - used);
    std::memcpy(outgoing_.payload() + used, bytes.data(), taken);
    used += static_cast<std::uint32_t>(taken);
    bytes = bytes.subspan(taken);
    if (used == kFlushBytes) flush({.kind = FrameKind::kData});
  }
}

void SessionLink::end_round(std::uint32_t round, std::uint64_t tag) {
  // The header of data in an emulated network has its arrival where an end mark has its tag.
  if (connection_->is_shaped() && outgoing_.header.length > 0) flush({.kind = FrameKind::kData});
  flush({.kind = FrameKind::kEnd, .round = round, .tag = tag});
}

void SessionLink::flush(const FrameHeader& header) {
  const std::uint32_t length = outgoing_.header.length;
  outgoing_.header = header;
  outgoing_.header.length = length;
  outgoing_.header.session = session_->number;
  connection_->push(*session_, outgoing_);
  ++traffic_.frames_sent;
  outgoing_.header.length = 0;
}

void SessionLink::next_frame() {
  incoming_ = connection_->pop(*session_);
  consumed_ = 0;
  end_expected_ = incoming_.header.kind == FrameKind::kEnd;
}

void SessionLink::receive(std::span<std::byte> into) {
  while (!into.empty()) {
    const std::size_t left = incoming_.header.length - consumed_;
    if (left == 0) {
      if (end_expected_) {
        lost_step(fmt::format("its round {} ended with {} bytes still expected", incoming_.header.round,
                              into.size()));
      }
      next_frame();
      continue;
    }
    const std::size_t taken = std::min(left, into.size());
    std::memcpy(into.data(), incoming_.payload() + consumed_, taken);
    consumed_ += taken;
    traffic_.bytes_received += taken;
    into = into.subspan(taken);
  }
}

std::uint64_t SessionLink::receive_end(std::uint32_t round) {
  if (consumed_ == incoming_.header.length && !end_expected_) next_frame();
  if (consumed_ != incoming_.header.length) {
    lost_step(fmt::format("it sent at least {} bytes more than expected in round {}",
                          incoming_.header.length - consumed_, round));
  }
  if (incoming_.header.round != round) {
    lost_step(fmt::format("it ended round {} where round {} was expected", incoming_.header.round, round));
  }
  end_expected_ = false;
  return incoming_.header.tag;
}

void SessionLink::lost_step(const std::string& how) {
  const std::string reason = fmt::format("party {} lost step: {}", peer_name(), how);
  abort(reason);
  throw Error(ErrorKind::kPeer, reason,
              "The parties do not run the same plan, or one of them is a different build.", peer_name());
}

void SessionLink::abort(const std::string& reason) noexcept { connection_->abort_session(*session_, reason); }

}  // namespace sotto::net
