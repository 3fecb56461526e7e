// Frames: what travels between two parties. A header of 20 bytes, little-endian, then the payload:
//   length:u32 | session:u16 | kind:u16 | round:u32 | tag:u64.
// Every field is validated before anything is allocated or believed; see problem_of().
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/link.h"

namespace sotto::net {

using Clock = std::chrono::steady_clock;

inline constexpr std::size_t kFrameHeaderBytes = 20;
inline constexpr std::size_t kMaximumReasonBytes = 1024;
// A frame this large changes hands with its sender's whole buffer; smaller ones are copied to their size.
inline constexpr std::size_t kMovedBytes = 64 * 1024;
inline constexpr std::uint64_t kMaximumGrantBytes = std::uint64_t{1} << 40;

enum class FrameKind : std::uint16_t {
  kData = 0,       // 1..kFlushBytes bytes of the round's stream; tag: arrival in an emulated network, or 0
  kEnd = 1,        // 0..kFlushBytes bytes, then the end mark: round and tag
  kGrant = 2,      // the peer may send `tag` more bytes in this session
  kAbort = 3,      // payload: why the sender gives up, at most kMaximumReasonBytes
  kClose = 4,      // the sender will not use this session any more
  kHeartbeat = 5,  // nothing but a sign of life
};

struct FrameHeader {
  std::uint32_t length = 0;  // of the payload
  std::uint16_t session = 0;
  FrameKind kind = FrameKind::kData;
  std::uint32_t round = 0;
  std::uint64_t tag = 0;

  bool operator==(const FrameHeader&) const = default;
};

// A frame in memory. `bytes` has room for the header before the payload, so that both leave in one piece.
struct Frame {
  FrameHeader header;
  std::unique_ptr<std::byte[]> bytes;  // null when the payload is empty
  // In an emulated network: when the frame arrives; from when on it is shown, once its receiver asks for it.
  Clock::time_point arrival{}, visible_at{};

  std::byte* payload() { return bytes ? bytes.get() + kFrameHeaderBytes : nullptr; }
  const std::byte* payload() const { return bytes ? bytes.get() + kFrameHeaderBytes : nullptr; }
  // What the frame costs in flow control; headers count, or empty frames would be free to flood with.
  std::uint64_t cost() const { return kFrameHeaderBytes + header.length; }
};

void encode(const FrameHeader& header, std::span<std::byte, kFrameHeaderBytes> into);
FrameHeader decode(std::span<const std::byte, kFrameHeaderBytes> bytes);

// Empty when the header is one that a correct peer may send, else what is wrong with it.
std::string problem_of(const FrameHeader& header);

// Frame with a copy of the payload.
Frame make_frame(const FrameHeader& header, std::span<const std::byte> payload = {});

// Text from a peer made safe to print: at most kMaximumReasonBytes, everything but printable ASCII as '?'.
std::string sanitised(std::string_view text);
std::string sanitised(std::span<const std::byte> text);

}  // namespace sotto::net
