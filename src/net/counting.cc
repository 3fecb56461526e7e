#include "net/counting.h"

namespace sotto::net {

void CountingLink::send(std::span<const std::byte> bytes) {
  traffic_.bytes_sent += bytes.size();
  unflushed_ += bytes.size();
  traffic_.frames_sent += unflushed_ / kFlushBytes;
  unflushed_ %= kFlushBytes;
}

void CountingLink::end_round(std::uint32_t, std::uint64_t) {
  ++traffic_.frames_sent;
  unflushed_ = 0;
}

}  // namespace sotto::net
