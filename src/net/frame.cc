#include "net/frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "net/wire.h"

namespace sotto::net {

void encode(const FrameHeader& header, std::span<std::byte, kFrameHeaderBytes> into) {
  store<std::uint32_t>(&into[0], header.length);
  store<std::uint16_t>(&into[4], header.session);
  store<std::uint16_t>(&into[6], static_cast<std::uint16_t>(header.kind));
  store<std::uint32_t>(&into[8], header.round);
  store<std::uint64_t>(&into[12], header.tag);
}

FrameHeader decode(std::span<const std::byte, kFrameHeaderBytes> bytes) {
  return {.length = load<std::uint32_t>(&bytes[0]),
          .session = load<std::uint16_t>(&bytes[4]),
          .kind = static_cast<FrameKind>(load<std::uint16_t>(&bytes[6])),
          .round = load<std::uint32_t>(&bytes[8]),
          .tag = load<std::uint64_t>(&bytes[12])};
}

std::string problem_of(const FrameHeader& header) {
  std::size_t shortest = 0, longest = 0;
  bool round_and_tag = false, tag = false;
  switch (header.kind) {
    case FrameKind::kData:
      shortest = 1, longest = kFlushBytes, tag = true;
      break;
    case FrameKind::kEnd:
      longest = kFlushBytes, round_and_tag = true;
      break;
    case FrameKind::kGrant:
      tag = true;
      break;
    case FrameKind::kAbort:
      longest = kMaximumReasonBytes;
      break;
    case FrameKind::kClose:
    case FrameKind::kHeartbeat:
      break;
    default:
      return fmt::format("a frame of unknown kind {}", static_cast<unsigned>(header.kind));
  }
  if (header.length < shortest || header.length > longest) {
    return fmt::format("a frame of kind {} with {} bytes, where {} to {} are allowed",
                       static_cast<unsigned>(header.kind), header.length, shortest, longest);
  }
  if (header.round != 0 && !round_and_tag) return "a frame with a round number that only end marks carry";
  if (header.tag != 0 && !round_and_tag && !tag) return "a frame with a tag that its kind does not carry";
  if (header.kind == FrameKind::kGrant && (header.tag == 0 || header.tag > kMaximumGrantBytes)) {
    return fmt::format("a grant of {} bytes", header.tag);
  }
  return "";
}

Frame make_frame(const FrameHeader& header, std::span<const std::byte> payload) {
  Frame frame{.header = header, .bytes = nullptr};
  frame.header.length = static_cast<std::uint32_t>(payload.size());
  if (!payload.empty()) {
    frame.bytes = std::make_unique_for_overwrite<std::byte[]>(kFrameHeaderBytes + payload.size());
    std::memcpy(frame.payload(), payload.data(), payload.size());
  }
  return frame;
}

std::string sanitised(std::string_view text) {
  std::string safe(text.substr(0, kMaximumReasonBytes));
  std::replace_if(safe.begin(), safe.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return safe;
}

std::string sanitised(std::span<const std::byte> text) {
  return sanitised(std::string_view(reinterpret_cast<const char*>(text.data()), text.size()));
}

}  // namespace sotto::net
