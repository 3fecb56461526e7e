#include "net/shaped.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "net/in_process.h"
#include "net/multiplexer.h"
#include "net/test_support.h"

namespace sotto::net {
namespace {

using testing::HasSubstr;

double seconds_of(const std::function<void()>& action) {
  const auto start = Clock::now();
  action();
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void send_bulk(Link& link, std::size_t size) {
  link.send(std::vector<std::byte>(size));
  link.end_round(0, 0);
}

void receive_bulk(Link& link, std::size_t size) {
  std::vector<std::byte> into(size);
  link.receive(into);
  link.receive_end(0);
}

TEST(Shaped, ProfilesAreParsed) {
  EXPECT_EQ(parse_profile("lan").megabit_per_second, 10100);
  EXPECT_EQ(parse_profile("wan").one_way_ms, 20);
  EXPECT_EQ(parse_profile("12.5:3").megabit_per_second, 12.5);
  EXPECT_EQ(parse_profile("12.5:3").one_way_ms, 3);
  EXPECT_FALSE(parse_profile("12.5:3").duplex);
  EXPECT_TRUE(parse_profile("12.5:3:duplex").duplex);
  EXPECT_EQ(parse_profile("12.5:3:duplex").one_way_ms, 3);
  for (const char* bad : {"1e-9:1", ":duplex", "lan:duplex", "1:1:", "1:1:half", "1e9:1", "", "fast", "1",
                          "1:", ":1", "0:1", "-1:1", "1:-1", "1:1x", "nan:1", "inf:1"}) {
    EXPECT_THAT(error_of(ErrorKind::kUsage, [&] { parse_profile(bad); }), HasSubstr("network profile"))
        << bad;
  }
}

TEST(Shaped, TheDelayIsOneWay) {
  auto links = in_process_links({"alice", "bob"}, std::chrono::seconds(10), NetworkProfile{1e6, 15});
  const double seconds = seconds_of([&] {
    for (int i = 0; i < 3; ++i) {
      send_bulk(*links[0][1], 1);
      receive_bulk(*links[1][0], 1);
      send_bulk(*links[1][0], 1);
      receive_bulk(*links[0][1], 1);
    }
  });
  EXPECT_GT(seconds, 6 * 0.015);
  EXPECT_LT(seconds, 6 * 0.015 * 1.5);
}

// 2 MB at 200 Mbit/s take 80 ms, whoever sends and however many links share the rate.
TEST(Shaped, TheRateIsOfAPartyOverItsLinksAndDirections) {
  constexpr std::size_t kSize = 2'000'000;
  const auto profile = parse_profile("200:1");
  const auto links_of = [&] {
    return in_process_links({"alice", "bob", "carol"}, std::chrono::seconds(10), profile);
  };
  const auto both = [](const std::function<void()>& a, const std::function<void()>& b) {
    return seconds_of([&] {
      std::thread other(a);
      b();
      other.join();
    });
  };
  auto links = links_of();
  const double one =
      both([&] { send_bulk(*links[0][1], kSize); }, [&] { receive_bulk(*links[1][0], kSize); });
  EXPECT_GT(one, 0.08);
  EXPECT_LT(one, 0.08 * 1.6);

  links = links_of();  // alice sends to both
  const double two = both(
      [&] {
        send_bulk(*links[0][1], kSize);
        send_bulk(*links[0][2], kSize);
      },
      [&] {
        receive_bulk(*links[1][0], kSize);
        receive_bulk(*links[2][0], kSize);
      });
  EXPECT_GT(two / one, 1.4);
  EXPECT_LT(two / one, 2.4);

  links = links_of();  // both directions at once
  const auto party = [&](std::size_t me) {
    send_bulk(*links[me][1 - me], kSize);
    receive_bulk(*links[me][1 - me], kSize);
  };
  const double shared = both([&] { party(0); }, [&] { party(1); });
  EXPECT_GT(shared / one, 1.4);  // one if directions did not share the rate
  EXPECT_LT(shared / one, 2.6);

  links = in_process_links({"alice", "bob"}, std::chrono::seconds(10), parse_profile("200:1:duplex"));
  const double duplex = both([&] { party(0); }, [&] { party(1); });
  EXPECT_LT(duplex / one, 1.4);
}

// A frame of data that says when it arrives is refused where nobody emulates, and when that is absurd.
TEST(Shaped, ArrivalsAreCheckedByTheirReceiver) {
  const auto refused = [](std::uint64_t tag, const std::optional<NetworkProfile>& profile) {
    class Receiver final : public Multiplexer {
     public:
      using Multiplexer::deliver, Multiplexer::Multiplexer;
      PairwiseKey pairwise_key(std::string_view, const Digest&) override { return {}; }

     protected:
      void transmit(Frame&) override {}
    };
    const auto receiver = std::make_shared<Receiver>(
        "alice", std::make_shared<Node>(true, profile ? std::make_shared<Shaper>(*profile) : nullptr),
        ConnectionOptions{});
    const std::byte payload{1};
    receiver->deliver(make_frame({.kind = FrameKind::kData, .tag = tag}, {&payload, 1}));
    const auto failure = receiver->failure();
    return failure ? failure->message() : "";
  };
  EXPECT_EQ(refused(0, std::nullopt), "");
  EXPECT_EQ(refused(0, parse_profile("lan")), "");
  EXPECT_EQ(refused(1, parse_profile("lan")), "");
  EXPECT_THAT(refused(1, std::nullopt), HasSubstr("emulated network"));
  EXPECT_THAT(refused(~std::uint64_t{0} >> 1, parse_profile("lan")), HasSubstr("one machine"));
}

TEST(Shaped, WhatIsUnderWayArrivesAfterItsSenderLeft) {
  auto links = in_process_links({"alice", "bob"}, std::chrono::seconds(10), NetworkProfile{1000, 30});
  send_bulk(*links[0][1], 1000);
  links[0].clear();
  receive_bulk(*links[1][0], 1000);
  EXPECT_THAT(error_of(ErrorKind::kPeer, [&] { receive_bulk(*links[1][0], 1); }), HasSubstr("party alice"));
}

}  // namespace
}  // namespace sotto::net
