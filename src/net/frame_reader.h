// Puts frames together from a stream of bytes that arrive in pieces.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "net/frame.h"

namespace sotto::net {

class FrameReader {
 public:
  // Where the next bytes of the stream belong; never empty.
  std::span<std::byte> room();
  // So many bytes were put there. Returns a frame when it is complete, its header checked. Throws kPeer, with
  // a text that begins with a verb, on a header that no correct peer sends; the reader must not be used after
  // that.
  std::optional<Frame> filled(std::size_t bytes);

 private:
  std::array<std::byte, kFrameHeaderBytes> header_;
  Frame frame_;
  std::size_t have_ = 0;  // bytes of header and payload
};

}  // namespace sotto::net
