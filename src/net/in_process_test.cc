#include "net/in_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using std::chrono::milliseconds;
using testing::AllOf;
using testing::HasSubstr;

TEST(InProcess, AnExample) {
  auto links = in_process_links({"alice", "bob"});
  EXPECT_EQ(links[0][0], nullptr);
  links[0][1]->send(bytes_of("hello, "));
  links[0][1]->send(bytes_of("bob"));
  links[0][1]->end_round(7, 42);
  EXPECT_EQ(receive_text(*links[1][0], 5), "hello");
  EXPECT_EQ(receive_text(*links[1][0], 5), ", bob");
  EXPECT_EQ(links[1][0]->receive_end(7), 42u);
  EXPECT_EQ(links[1][0]->traffic().bytes_received, 10u);
  EXPECT_EQ(links[0][1]->traffic().bytes_sent, 10u);
  EXPECT_EQ(links[0][1]->traffic().frames_sent, 1u);
  EXPECT_EQ(links[0][1]->peer_name(), "bob");
}

TEST(InProcess, RoundsMayBeEmptyAndLarge) {
  auto links = in_process_links({"alice", "bob"});
  for (const std::size_t size :
       {std::size_t{0}, kFlushBytes - 1, kFlushBytes, kFlushBytes + 1, 5 * kFlushBytes}) {
    std::vector<std::byte> sent(size), received(size);
    for (std::size_t i = 0; i < size; ++i) sent[i] = static_cast<std::byte>(i * 7 + i / 256);
    links[0][1]->send(sent);
    links[0][1]->end_round(3, size);
    links[1][0]->receive(received);
    EXPECT_EQ(links[1][0]->receive_end(3), size);
    EXPECT_EQ(sent, received);
  }
}

// Each party sends far more than any window to both others before it receives anything.
TEST(InProcess, BulkInAllDirectionsDoesNotDeadlock) {
  auto links = in_process_links({"alice", "bob", "carol"}, milliseconds(20000));
  constexpr std::size_t kSize = 24 << 20;
  std::vector<std::thread> parties;
  for (std::size_t me = 0; me < 3; ++me) {
    parties.emplace_back([&, me] {
      std::vector<std::byte> buffer(kSize, static_cast<std::byte>(me));
      for (auto& link : links[me]) {
        if (!link) continue;
        link->send(buffer);
        link->end_round(1, me);
      }
      for (std::size_t peer = 0; peer < 3; ++peer) {
        if (peer == me) continue;
        links[me][peer]->receive(buffer);
        EXPECT_EQ(links[me][peer]->receive_end(1), peer);
        EXPECT_EQ(buffer.back(), static_cast<std::byte>(peer));
      }
    });
  }
  for (auto& party : parties) party.join();
}

// bob waits for carol, who waits for alice, who first sends bob more than a window.
TEST(InProcess, ACircleOfWaitsDoesNotDeadlock) {
  auto links = in_process_links({"alice", "bob", "carol"}, milliseconds(20000));
  std::vector<std::byte> bulk(20 << 20);
  std::thread alice([&] {
    links[0][1]->send(bulk);
    links[0][1]->end_round(1, 0);
    links[0][2]->send(bytes_of("go"));
    links[0][2]->end_round(1, 0);
  });
  std::thread carol([&] {
    receive_text(*links[2][0], 2);
    links[2][1]->send(bytes_of("go"));
    links[2][1]->end_round(1, 0);
  });
  receive_text(*links[1][2], 2);
  links[1][0]->receive(bulk);
  alice.join();
  carol.join();
}

TEST(InProcess, AbortNamesThePartyAndTheReason) {
  auto links = in_process_links({"alice", "bob", "carol"});
  std::thread alice([&] {
    std::this_thread::sleep_for(milliseconds(20));
    links[0][1]->abort("the disk\nis full");
  });
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[1][0], 1); }),
              AllOf(HasSubstr("party alice"), HasSubstr("the disk?is full")));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { links[1][0]->end_round(0, 0); }), HasSubstr("party alice"));
  alice.join();
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[0][1], 1); }), HasSubstr("the disk"));
}

// bob waits for carol when alice gives up.
TEST(InProcess, AbortEndsTheSessionsLinksToAllPeers) {
  auto links = in_process_links({"alice", "bob", "carol"});
  std::thread alice([&] {
    std::this_thread::sleep_for(milliseconds(20));
    links[0][1]->abort("the disk is full");
  });
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[1][2], 1); }),
              HasSubstr("party alice aborted: the disk is full"));
  alice.join();
}

TEST(InProcess, LeavingLetsPeersConsumeWhatWasSent) {
  auto links = in_process_links({"alice", "bob"});
  links[0][1]->send(bytes_of("last words"));
  links[0][1]->end_round(0, 0);
  links[0].clear();
  EXPECT_EQ(receive_text(*links[1][0], 10), "last words");
  links[1][0]->receive_end(0);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[1][0], 1); }), HasSubstr("party alice"));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { links[1][0]->end_round(1, 0); }), HasSubstr("party alice"));
}

TEST(InProcess, AStallIsAnError) {
  auto links = in_process_links({"alice", "bob"}, milliseconds(50));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[1][0], 1); }),
              AllOf(HasSubstr("party alice"), HasSubstr("stalled")));
}

TEST(InProcess, LosingStepIsAnErrorOnBothSides) {
  auto links = in_process_links({"alice", "bob"});
  links[0][1]->send(bytes_of("four"));
  links[0][1]->end_round(1, 0);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[1][0], 5); }),
              AllOf(HasSubstr("party alice lost step"), HasSubstr("1 bytes still expected")));
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*links[0][1], 1); }),
              AllOf(HasSubstr("party bob aborted")));

  links = in_process_links({"alice", "bob"});
  links[0][1]->send(bytes_of("four"));
  links[0][1]->end_round(1, 0);
  receive_text(*links[1][0], 3);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { links[1][0]->receive_end(1); }),
              HasSubstr("1 bytes more than expected"));

  links = in_process_links({"alice", "bob"});
  links[0][1]->end_round(4, 0);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { links[1][0]->receive_end(5); }),
              HasSubstr("ended round 4 where round 5"));
}

TEST(InProcess, KeysAreSharedByTwoAndDependOnTheirNames) {
  auto connections = in_process_connections({"alice", "bob", "carol"});
  const Digest job{};
  const auto key = connections[0][1]->pairwise_key("training", job);
  EXPECT_EQ(key, connections[1][0]->pairwise_key("training", job));
  EXPECT_NE(key, connections[1][0]->pairwise_key("serving", job));
  EXPECT_NE(key, connections[0][2]->pairwise_key("training", job));
  EXPECT_NE(key, connections[1][0]->pairwise_key("training", Digest{std::byte{1}}));
}

TEST(InProcess, SessionsDoNotBlockEachOther) {
  auto connections = in_process_connections({"alice", "bob"},
                                            {.window_bytes = 1 << 20, .stall_timeout = milliseconds(20000)});
  auto stalled_out = connections[0][1]->open_session(1), stalled_in = connections[1][0]->open_session(1);
  auto quick_out = connections[0][1]->open_session(2);
  std::thread bulk([&] {
    stalled_out->send(std::vector<std::byte>(10 << 20));
    stalled_out->end_round(1, 0);
  });
  std::this_thread::sleep_for(milliseconds(20));
  quick_out->send(bytes_of("quick"));
  quick_out->end_round(1, 0);
  auto quick_in = connections[1][0]->open_session(2);  // later than the first frame
  EXPECT_EQ(receive_text(*quick_in, 5), "quick");
  std::vector<std::byte> all(10 << 20);
  stalled_in->receive(all);
  bulk.join();
  quick_in->receive_end(1);
  quick_in.reset();
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_text(*quick_out, 1); }),
              HasSubstr("party bob ended the session"));
  quick_out.reset();
  EXPECT_NE(connections[1][0]->open_session(2), nullptr);  // both sides had closed it
}

}  // namespace
}  // namespace sotto::net
