#include "net/counting.h"

#include <gtest/gtest.h>

#include <vector>

#include "net/in_process.h"

namespace sotto::net {
namespace {

TEST(Counting, CountsWhatARealLinkCounts) {
  auto links = in_process_links({"alice", "bob"});
  CountingLink counting("bob");
  std::uint32_t round = 0;
  for (const std::size_t size :
       {std::size_t{3}, kFlushBytes - 3, kFlushBytes, 3 * kFlushBytes + 1, std::size_t{0}}) {
    for (Link* link : {links[0][1].get(), static_cast<Link*>(&counting)}) {
      const std::vector<std::byte> bytes(size);
      link->send(bytes);
      link->send(std::span(bytes).first(size / 2));
      link->end_round(round, 0);
    }
    std::vector<std::byte> received(size + size / 2, std::byte{1});
    links[1][0]->receive(received);
    links[1][0]->receive_end(round++);
    EXPECT_EQ(links[0][1]->traffic().bytes_sent, counting.traffic().bytes_sent);
    EXPECT_EQ(links[0][1]->traffic().frames_sent, counting.traffic().frames_sent);
  }
}

TEST(Counting, ReceivingLeavesTheSpanUntouched) {
  CountingLink link("bob");
  std::vector<std::byte> bytes(10, std::byte{7});
  link.receive(bytes);
  EXPECT_EQ(bytes, std::vector<std::byte>(10, std::byte{7}));
  EXPECT_EQ(link.receive_end(3), 0u);
  EXPECT_EQ(link.traffic().bytes_received, 10u);
}

}  // namespace
}  // namespace sotto::net
