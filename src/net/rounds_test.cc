#include "net/rounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>

#include "net/in_process.h"

namespace sotto::net {
namespace {

using Body = std::function<Task<int>(Rounds&)>;

// Runs the body at three parties; returns results, or the error texts.
struct Ended {
  int result = 0;
  std::string error;
  std::uint32_t rounds = 0;
  std::vector<std::uint64_t> bytes_to;
};

std::vector<Ended> run_three(const std::vector<Body>& bodies) {
  LinkMatrix links = in_process_links({"ada", "bob", "cyn"}, std::chrono::seconds(5));
  std::vector<Ended> ended(3);
  std::vector<std::thread> threads;
  for (int self = 0; self < 3; ++self)
    threads.emplace_back([&, self] {
      std::vector<Link*> row;
      for (auto& link : links[self]) row.push_back(link.get());
      try {
        Rounds rounds(self, row);
        ended[self].result = rounds.run(bodies[self % bodies.size()](rounds));
        ended[self].rounds = rounds.completed();
        ended[self].bytes_to.assign(rounds.bytes_to().begin(), rounds.bytes_to().end());
      } catch (const std::exception& error) {
        ended[self].error = error.what();
      }
      for (auto& link : links[self]) link.reset();
    });
  for (auto& thread : threads) thread.join();
  return ended;
}

Task<int> pass_right(Rounds& rounds, int value) {
  const int next = (rounds.self() + 1) % 3, before = (rounds.self() + 2) % 3;
  int received = 0;
  rounds.send(next, &value, sizeof value);
  rounds.receive(before, &received, sizeof received);
  co_await rounds.next();
  co_return received;
}

TEST(Rounds, ExampleEveryPartyPassesANumberToTheRight) {
  const auto ended = run_three({[](Rounds& rounds) { return pass_right(rounds, 10 + rounds.self()); }});
  for (int self = 0; self < 3; ++self) {
    EXPECT_EQ(ended[self].error, "");
    EXPECT_EQ(ended[self].result, 10 + (self + 2) % 3);
    EXPECT_EQ(ended[self].rounds, 1u);
    EXPECT_EQ(ended[self].bytes_to[(self + 1) % 3], 4u);
  }
}

Task<int> two_steps(Rounds& rounds, int value) {
  value = co_await pass_right(rounds, value);
  co_return co_await pass_right(rounds, value);
}

Task<int> many_at_once(Rounds& rounds) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 50; ++i)
    tasks.push_back(i % 2 == 0 ? pass_right(rounds, 100 * rounds.self() + i) : two_steps(rounds, i));
  int wrong = 0, index = 0;
  for (int received : co_await when_all(std::move(tasks))) {
    wrong += received != (index % 2 == 0 ? 100 * ((rounds.self() + 2) % 3) + index : index);
    ++index;
  }
  co_return wrong;
}

TEST(Rounds, ConcurrentCoroutinesShareRoundsAndGetTheirOwnMessages) {
  for (const Ended& ended : run_three({many_at_once})) {
    EXPECT_EQ(ended.error, "");
    EXPECT_EQ(ended.result, 0);
    EXPECT_EQ(ended.rounds, 2u) << "fifty operations take the rounds of the longest";
  }
}

TEST(Rounds, CountingTakesNoDataAndGivesTheSameBytes) {
  Rounds counting = Rounds::counting(1, 3);
  counting.run(many_at_once(counting));
  const auto ended = run_three({many_at_once});
  EXPECT_TRUE(std::ranges::equal(counting.bytes_to(), ended[1].bytes_to));
  EXPECT_EQ(counting.completed(), ended[1].rounds);
}

Task<int> sends_in_pieces(Rounds& rounds, std::size_t pieces) {
  const int next = (rounds.self() + 1) % 3, before = (rounds.self() + 2) % 3;
  const std::uint64_t value = 7;
  std::uint64_t received[2] = {};
  for (std::size_t i = 0; i < pieces; ++i) rounds.send(next, &value, sizeof received / pieces);
  rounds.receive(before, received, sizeof received);
  co_await rounds.next();
  co_return 0;
}

TEST(Rounds, LosingStepIsAnErrorThatNamesThePeer) {
  // Ada sends the bytes that Bob expects, but as two messages: her plan is another one.
  const auto ended = run_three({[](Rounds& r) { return sends_in_pieces(r, r.self() == 0 ? 2 : 1); }});
  EXPECT_THAT(ended[1].error, testing::HasSubstr("lost step with ada in round 0"));
}

Task<int> fails(Rounds& rounds) {
  co_await rounds.next();
  throw Error(ErrorKind::kData, "a label is out of range");
  co_return 0;
}

Task<int> fails_beside_others(Rounds& rounds) {
  std::vector<Task<int>> tasks;
  tasks.push_back(two_steps(rounds, 1));
  if (rounds.self() == 2) tasks.push_back(fails(rounds));
  co_await when_all(std::move(tasks));
  co_return co_await two_steps(rounds, 2);
}

TEST(Rounds, AFailureAtOnePartyEndsAll) {
  const auto ended = run_three({fails_beside_others});
  EXPECT_THAT(ended[2].error, testing::HasSubstr("label is out of range"));
  // Whoever hears of it first leaves, too: the others name one of the two.
  EXPECT_THAT(ended[0].error, testing::AnyOf(testing::HasSubstr("cyn"), testing::HasSubstr("bob")));
  EXPECT_THAT(ended[1].error, testing::AnyOf(testing::HasSubstr("cyn"), testing::HasSubstr("ada")));
}

}  // namespace
}  // namespace sotto::net
