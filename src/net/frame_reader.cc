#include "net/frame_reader.h"

#include <utility>

#include "base/error.h"

namespace sotto::net {

std::span<std::byte> FrameReader::room() {
  if (have_ < kFrameHeaderBytes) return std::span(header_).subspan(have_);
  return {frame_.bytes.get() + have_, kFrameHeaderBytes + frame_.header.length - have_};
}

std::optional<Frame> FrameReader::filled(std::size_t bytes) {
  have_ += bytes;
  if (have_ < kFrameHeaderBytes) return std::nullopt;
  if (have_ == kFrameHeaderBytes) {
    frame_.header = decode(header_);
    const std::string problem = problem_of(frame_.header);
    if (!problem.empty()) throw Error(ErrorKind::kPeer, "sent " + problem);
    if (frame_.header.length != 0) {
      frame_.bytes = std::make_unique_for_overwrite<std::byte[]>(kFrameHeaderBytes + frame_.header.length);
    }
  }
  if (have_ < kFrameHeaderBytes + frame_.header.length) return std::nullopt;
  have_ = 0;
  return std::exchange(frame_, Frame{});
}

}  // namespace sotto::net
