#include "crypto/ot/connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "crypto/ot/test_support.h"
#include "net/in_process.h"

namespace sotto::ot {
namespace {

using testing::HasSubstr;

// What one party ends with.
struct Ended {
  Block delta;
  std::vector<Batch> batches;
  std::vector<std::vector<std::uint64_t>> numbers;
  std::uint32_t rounds = 0;
  std::uint64_t bytes_sent = 0;
  std::string error;
};

using Body = std::function<Task<Ended>(net::Rounds&)>;

Ended run_counting(const Body& body, int self) {
  auto rounds = net::Rounds::counting(self, 2);
  Ended ended = rounds.run(body(rounds));
  ended.rounds = rounds.completed();
  ended.bytes_sent = rounds.bytes_to()[static_cast<std::size_t>(1 - self)];
  return ended;
}

// Ada sends, Bob receives.
std::vector<Ended> run_two(const Body& ada, const Body& bob) {
  net::LinkMatrix links = net::in_process_links({"ada", "bob"}, std::chrono::seconds(20));
  std::vector<Ended> ended(2);
  std::vector<std::thread> threads;
  for (int self = 0; self < 2; ++self)
    threads.emplace_back([&, self] {
      const auto at = static_cast<std::size_t>(self);
      try {
        net::Rounds rounds(self, {links[at][0].get(), links[at][1].get()});
        ended[at] = rounds.run((self == 0 ? ada : bob)(rounds));
        ended[at].rounds = rounds.completed();
        ended[at].bytes_sent = rounds.bytes_to()[1 - at];
      } catch (const std::exception& error) {
        ended[at].error = error.what();
      }
      for (auto& link : links[at]) link.reset();
    });
  for (auto& thread : threads) thread.join();
  return ended;
}

Task<Ended> send(net::Rounds& rounds, Method method, std::vector<std::size_t> counts) {
  Sender sender = co_await Sender::connect(rounds, 1, "bob", method);
  Ended ended;
  ended.delta = sender.delta();
  for (const std::size_t count : counts) ended.batches.push_back(co_await sender.extend(rounds, count));
  co_return ended;
}

Task<Ended> receive(net::Rounds& rounds, Method method, std::vector<std::size_t> counts) {
  Receiver receiver = co_await Receiver::connect(rounds, 0, "ada", method);
  Ended ended;
  for (const std::size_t count : counts) ended.batches.push_back(co_await receiver.extend(rounds, count));
  co_return ended;
}

void expect_batches(const std::vector<Ended>& ended, const std::vector<std::size_t>& counts) {
  EXPECT_EQ(ended[0].error, "");
  EXPECT_EQ(ended[1].error, "");
  ASSERT_EQ(ended[0].batches.size(), counts.size());
  ASSERT_EQ(ended[1].batches.size(), counts.size());
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    EXPECT_EQ(ended[0].batches[i].blocks.size(), counts[i]);
    EXPECT_EQ(ended[0].batches[i].first, first);
    EXPECT_EQ(ended[1].batches[i].first, first);
    expect_correlated(ended[0].batches[i].blocks, ended[1].batches[i].blocks, ended[0].delta);
    first += counts[i];
  }
}

TEST(OtConnection, TwoPartiesMakeTransfersByEveryMethod) {
  for (const Method method :
       {Method::kSoftSpoken1, Method::kSoftSpoken2, Method::kSoftSpoken4, Method::kSoftSpoken8}) {
    const std::vector<std::size_t> counts{1, 3000, 128};
    const auto ended = run_two([&](auto& rounds) { return send(rounds, method, counts); },
                               [&](auto& rounds) { return receive(rounds, method, counts); });
    expect_batches(ended, counts);
    const std::size_t blocks = 1 + 24 + 1, trees = 128 / static_cast<std::size_t>(method);
    EXPECT_EQ(ended[0].rounds, 3 + 3u);
    EXPECT_EQ(ended[0].bytes_sent, 4096 + 16u);
    EXPECT_EQ(ended[1].bytes_sent, 32 + 4096 + 16 * blocks * (trees - 1));
  }
}

TEST(OtConnection, SilentTransfersAreKeptForLater) {
  const std::vector<std::size_t> counts{100, 5000, 2'000'000, 0, 70};
  const auto ended = run_two([&](auto& rounds) { return send(rounds, Method::kSilent, counts); },
                             [&](auto& rounds) { return receive(rounds, Method::kSilent, counts); });
  expect_batches(ended, counts);
  EXPECT_EQ(ended[0].rounds, 3 + 2 + 0 + 1 + 0 + 0u) << "one turn, then one more";
  EXPECT_EQ(ended[0].bytes_sent, 4096 + 16 + 2 * 112'640u);
  EXPECT_EQ(ended[1].bytes_sent, 32 + 4096 + 15 * 170'880 / 8u);
}

TEST(OtConnection, CountingGivesTheSameBytesAndRounds) {
  for (const Method method : {Method::kSoftSpoken4, Method::kSilent}) {
    const std::vector<std::size_t> counts{700, 1'200'000, 5};
    const Body ada = [&](auto& rounds) { return send(rounds, method, counts); };
    const Body bob = [&](auto& rounds) { return receive(rounds, method, counts); };
    const auto ended = run_two(ada, bob);
    const Ended counted[2] = {run_counting(ada, 0), run_counting(bob, 1)};
    for (std::size_t self = 0; self < 2; ++self) {
      EXPECT_EQ(ended[self].error, "");
      EXPECT_EQ(counted[self].bytes_sent, ended[self].bytes_sent);
      EXPECT_EQ(counted[self].rounds, ended[self].rounds);
    }
  }
}

Task<Ended> send_numbers(net::Rounds& rounds, std::vector<std::uint64_t> zero,
                         std::vector<std::uint64_t> one) {
  Sender sender = co_await Sender::connect(rounds, 1, "bob", Method::kSoftSpoken4);
  const Batch batch = co_await sender.extend(rounds, zero.size());
  std::vector<std::byte> flips(flips_bytes(zero.size())), message(chosen_bytes(zero.size(), 32));
  rounds.receive(1, flips.data(), flips.size());
  co_await rounds.next();
  send_chosen(message, zero, one, 32, flips, sender.blocks(batch));
  rounds.send(1, message.data(), message.size());
  co_await rounds.next();
  co_return Ended{};
}

Task<Ended> receive_numbers(net::Rounds& rounds, std::vector<std::uint64_t> choices, std::size_t count) {
  Receiver receiver = co_await Receiver::connect(rounds, 0, "ada", Method::kSoftSpoken4);
  const Batch batch = co_await receiver.extend(rounds, count);
  std::vector<std::byte> flips(flips_bytes(count)), message(chosen_bytes(count, 32));
  ask(flips, choices, receiver.blocks(batch));
  rounds.send(0, flips.data(), flips.size());
  co_await rounds.next();
  rounds.receive(0, message.data(), message.size());
  co_await rounds.next();
  Ended ended;
  ended.numbers.resize(1, std::vector<std::uint64_t>(count));
  receive_chosen(ended.numbers[0], 32, message, choices, receiver.blocks(batch));
  co_return ended;
}

TEST(OtConnection, ExampleChosenNumbersFromBeginningToEnd) {
  constexpr std::size_t kCount = 500;
  const auto zero = numbers(kCount, 1), one = numbers(kCount, 2), choices = plane_of(kCount, 3);
  const auto ended = run_two([&](auto& rounds) { return send_numbers(rounds, zero, one); },
                             [&](auto& rounds) { return receive_numbers(rounds, choices, kCount); });
  ASSERT_EQ(ended[0].error + ended[1].error, "");
  for (std::size_t i = 0; i < kCount; ++i)
    EXPECT_EQ(ended[1].numbers[0][i], modulo(bit(choices, i) != 0 ? one[i] : zero[i], 32));
}

// A peer that sends rubbish in place of its points.
Task<Ended> send_rubbish(net::Rounds& rounds) {
  std::vector<std::byte> rubbish(4096, std::byte{0xFF});
  rounds.receive(1, rubbish.data(), 32);
  co_await rounds.next();
  std::ranges::fill(rubbish, std::byte{0xFF});
  rounds.send(1, rubbish.data(), 4096);
  rounds.send(1, rubbish.data(), 16);
  co_await rounds.next();
  co_await rounds.next();
  co_return Ended{};
}

TEST(OtConnection, RubbishInPlaceOfPointsIsRefusedByName) {
  const auto ended = run_two([](auto& rounds) { return send_rubbish(rounds); },
                             [](auto& rounds) { return receive(rounds, Method::kSoftSpoken2, {1}); });
  EXPECT_THAT(ended[1].error,
              HasSubstr("base oblivious transfer with ada: point 0 of its answer is not one"));
}

}  // namespace
}  // namespace sotto::ot
