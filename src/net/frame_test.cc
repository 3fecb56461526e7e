#include "net/frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "net/frame_reader.h"
#include "net/multiplexer.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<std::byte> wire(const FrameHeader& header, std::size_t payload = 0) {
  std::vector<std::byte> bytes(kFrameHeaderBytes + payload, std::byte{'x'});
  encode(header, std::span<std::byte, kFrameHeaderBytes>(bytes.data(), kFrameHeaderBytes));
  return bytes;
}

// Feeds the bytes in pieces of at most `piece`.
std::vector<Frame> read_all(std::span<const std::byte> bytes, std::size_t piece) {
  FrameReader reader;
  std::vector<Frame> frames;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t taken = std::min({room.size(), bytes.size(), piece});
    std::copy_n(bytes.begin(), taken, room.begin());
    bytes = bytes.subspan(taken);
    if (auto frame = reader.filled(taken)) frames.push_back(std::move(*frame));
  }
  return frames;
}

// A connection whose peer is the test, which hands it frames as they might come.
class FakeConnection final : public Multiplexer {
 public:
  FakeConnection()
      : Multiplexer("mallory", std::make_shared<Node>(true),
                    {.window_bytes = 1 << 20, .sessions = 8, .unopened_sessions = 2}) {}
  PairwiseKey pairwise_key(std::string_view, const Digest&) override { return {}; }
  void arrive(const FrameHeader& header) {
    deliver(make_frame(header, std::vector<std::byte>(header.length, std::byte{'x'})));
  }
  std::vector<std::string> aborts;

 protected:
  void transmit(Frame& frame) override {
    if (frame.header.kind == FrameKind::kAbort)
      aborts.push_back(sanitised({frame.payload(), frame.header.length}));
  }
  std::optional<Clock::duration> stall_timeout() const override { return Clock::duration::zero(); }
};

TEST(Frame, AnExample) {
  const FrameHeader header{.length = 3, .session = 5, .kind = FrameKind::kEnd, .round = 7, .tag = 1ull << 60};
  EXPECT_EQ(problem_of(header), "");
  const auto bytes = wire(header, 3);
  for (const std::size_t piece : {1, 7, 100}) {
    const auto frames = read_all(bytes, piece);
    ASSERT_EQ(frames.size(), 1u);
    EXPECT_EQ(frames[0].header, header);
    EXPECT_EQ(sanitised({frames[0].payload(), 3}), "xxx");
  }
}

TEST(Frame, HeadersThatNoCorrectPeerSendsAreRefused) {
  const auto refused = [](const FrameHeader& header) {
    return error_of(ErrorKind::kPeer, [&] { read_all(wire(header), 100); });
  };
  EXPECT_THAT(refused({.length = 0xFFFFFFFF}), HasSubstr("4294967295 bytes"));
  EXPECT_THAT(refused({.length = kFlushBytes + 1, .kind = FrameKind::kEnd}), HasSubstr("262145 bytes"));
  EXPECT_THAT(refused({.length = 0}), HasSubstr("0 bytes, where 1 to 262144"));
  EXPECT_THAT(refused({.length = 1025, .kind = FrameKind::kAbort}), HasSubstr("1025 bytes"));
  EXPECT_THAT(refused({.length = 1, .kind = FrameKind::kHeartbeat}), HasSubstr("1 bytes"));
  EXPECT_THAT(refused({.kind = static_cast<FrameKind>(77)}), HasSubstr("unknown kind 77"));
  EXPECT_THAT(refused({.length = 1, .round = 1}), HasSubstr("round number"));
  EXPECT_THAT(refused({.kind = FrameKind::kClose, .tag = 1}), HasSubstr("tag"));
  EXPECT_THAT(refused({.kind = FrameKind::kGrant, .tag = 0}), HasSubstr("grant of 0"));
  EXPECT_THAT(refused({.kind = FrameKind::kGrant, .tag = ~0ull}), HasSubstr("grant of"));
}

TEST(Frame, ArbitraryBytesNeverCrash) {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    auto connection = std::make_shared<FakeConnection>();
    auto link = connection->open_session(0);
    for (int frames = 0; frames < 6; ++frames) {
      FrameHeader header{.length = static_cast<std::uint32_t>(random() % 40),
                         .session = static_cast<std::uint16_t>(random() % 10),
                         .kind = static_cast<FrameKind>(random() % 8),
                         .round = static_cast<std::uint32_t>(random() % 2),
                         .tag = random() % 2};
      if (random() % 10 == 0) header.session = 0xFFFF;
      if (problem_of(header).empty()) connection->arrive(header);
    }
    const std::string text = error_of(ErrorKind::kPeer, [&] {
      for (std::uint32_t round = 0; round < 10; ++round) {
        receive_text(*link, 5);
        link->receive_end(round);
      }
    });
    ASSERT_THAT(text, HasSubstr("mallory"));
  }
}

std::string fate_of(const std::vector<FrameHeader>& frames) {
  auto connection = std::make_shared<FakeConnection>();
  auto link = connection->open_session(0);
  for (const auto& header : frames) connection->arrive(header);
  const std::string text = error_of(ErrorKind::kPeer, [&] { link->end_round(0, 0); });
  EXPECT_EQ(connection->aborts.size(), text == "no error" ? 0u : 1u);
  return text;
}

TEST(Frame, BreachesOfTheProtocolEndTheConnection) {
  EXPECT_EQ(fate_of({{.length = 9}, {.kind = FrameKind::kHeartbeat}, {.length = 9, .session = 1}}),
            "no error");
  EXPECT_THAT(fate_of({{.length = 1, .session = 9}}),
              AllOf(HasSubstr("party mallory broke the protocol"), HasSubstr("unknown session 9")));
  EXPECT_THAT(
      fate_of({{.length = 1, .session = 1}, {.length = 1, .session = 2}, {.length = 1, .session = 3}}),
      HasSubstr("unknown session 3"));  // too many that this side has not opened
  EXPECT_THAT(fate_of({{.session = 1, .kind = FrameKind::kClose}, {.length = 1, .session = 1}}),
              HasSubstr("session 1 after closing it"));
  const FrameHeader full{.length = kFlushBytes};
  EXPECT_THAT(fate_of({full, full, full, full}), HasSubstr("more than it was allowed"));
}

TEST(Frame, TextsFromPeersAreBoundedAndPrintable) {
  EXPECT_EQ(sanitised(std::string_view("a\nb\x1b[31mc\xff\0d", 12)), "a?b?[31mc??d");
  EXPECT_EQ(sanitised(std::string(5000, 'a')).size(), kMaximumReasonBytes);
}

}  // namespace
}  // namespace sotto::net
