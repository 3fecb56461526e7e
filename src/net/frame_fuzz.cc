// Arbitrary bytes as a stream of frames, as a hello, and as frames delivered to a connection with open
// sessions.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/error.h"
#include "net/frame_reader.h"
#include "net/handshake.h"
#include "net/multiplexer.h"

namespace sotto::net {
namespace {

// A connection whose peer is the fuzzer.
class FuzzedConnection final : public Multiplexer {
 public:
  FuzzedConnection()
      : Multiplexer("fuzzer", std::make_shared<Node>(true),
                    {.window_bytes = 1 << 20, .sessions = 4, .unopened_sessions = 2}) {}
  PairwiseKey pairwise_key(std::string_view, const Digest&) override { return {}; }
  void arrive(Frame frame) { deliver(std::move(frame)); }

 protected:
  void transmit(Frame&) override {}
  std::optional<Clock::duration> stall_timeout() const override { return Clock::duration::zero(); }
};

void read_frames(std::span<const std::byte> bytes) {
  auto connection = std::make_shared<FuzzedConnection>();
  auto link = connection->open_session(0);
  FrameReader reader;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t taken = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), taken, room.begin());
    bytes = bytes.subspan(taken);
    if (auto frame = reader.filled(taken)) connection->arrive(std::move(*frame));
  }
  std::byte received[64];
  link->receive(received);
  link->receive_end(0);
}

void read_as_hello(std::span<const std::byte> bytes) {
  const Hello hello = decode_hello(bytes);
  Hello expected;
  expected.parties = 2;
  difference(expected, hello, 1);
  if (hello.protocol_version == kProtocolVersion && !std::ranges::equal(encode(hello), bytes)) std::abort();
}

}  // namespace
}  // namespace sotto::net

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const auto& reader : {sotto::net::read_frames, sotto::net::read_as_hello}) {
    try {
      reader(bytes);
    } catch (const sotto::Error& error) {
      if (error.kind() == sotto::ErrorKind::kInternal) std::abort();
    }
  }
  return 0;
}
