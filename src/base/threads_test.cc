#include "base/threads.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/error.h"

namespace sotto {
namespace {

class Threads : public testing::Test {
 protected:
  void TearDown() override { set_threads(1); }
};

TEST_F(Threads, EveryIndexIsVisitedOnce) {
  for (int count : {1, 2, 5}) {
    set_threads(count);
    for (std::size_t n : {0, 1, 10, 1000, 1001}) {
      std::vector<std::atomic<int>> visits(n);
      parallel_for(n, 7, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) ++visits[i];
      });
      for (auto& visit : visits) EXPECT_EQ(visit, 1);
    }
  }
}

TEST_F(Threads, RunsInlineWithOneThreadOrOneRangeOrNested) {
  const std::thread::id here = std::this_thread::get_id();
  const auto expect_here = [&](std::size_t, std::size_t) { EXPECT_EQ(std::this_thread::get_id(), here); };
  set_threads(1);
  parallel_for(100, 1, expect_here);
  set_threads(4);
  parallel_for(100, 100, expect_here);
  std::atomic<int> total = 0;
  parallel_for(4, 1, [&](std::size_t, std::size_t) {
    const std::thread::id outer = std::this_thread::get_id();
    parallel_for(4, 1, [&](std::size_t begin, std::size_t end) {
      EXPECT_EQ(std::this_thread::get_id(), outer);
      total += static_cast<int>(end - begin);
    });
  });
  EXPECT_EQ(total, 16);
}

TEST_F(Threads, AnExceptionComesBackAfterAllRangesEnded) {
  set_threads(3);
  for (int repeat = 0; repeat < 50; ++repeat) {
    EXPECT_THROW(parallel_for(3, 1,
                              [](std::size_t begin, std::size_t) {
                                if (begin == 1) throw Error(ErrorKind::kData, "bad row");
                              }),
                 Error);
  }
}

// Several parties in one process share the pool.
TEST_F(Threads, SeveralThreadsMayCall) {
  set_threads(2);
  std::atomic<std::size_t> total = 0;
  std::vector<std::thread> parties;
  for (int party = 0; party < 3; ++party) {
    parties.emplace_back([&] {
      for (int repeat = 0; repeat < 200; ++repeat) {
        parallel_for(10, 1, [&](std::size_t begin, std::size_t end) { total += end - begin; });
      }
    });
  }
  for (std::thread& party : parties) party.join();
  EXPECT_EQ(total, 6000u);
}

TEST_F(Threads, PartiesOnOneHostShareItsCores) {
  share_cores_among(100000);
  EXPECT_EQ(threads(), 1);
  share_cores_among(1);
  EXPECT_GE(threads(), 1);
}

TEST_F(Threads, RefusesNonsense) {
  try {
    set_threads(0);
    FAIL() << "accepted 0 threads";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.message(), testing::HasSubstr("the number of threads is 0"));
  }
}

}  // namespace
}  // namespace sotto
