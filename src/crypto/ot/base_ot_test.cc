#include "crypto/ot/base_ot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <set>

#include "crypto/ot/sodium.h"
#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

using testing::HasSubstr;

std::span<const std::byte> bytes(const Point& point) { return std::as_bytes(std::span(point)); }

TEST(BaseOt, ExampleTheReceiverHasTheChosenString) {
  const std::vector<std::uint8_t> choices{0, 1, 1, 0};
  const BaseSender sender;
  const BaseReceived received = receive_base(choices, bytes(sender.message()), "ada");
  EXPECT_EQ(received.answer.size(), 4 * 32u);
  const auto pairs = sender.finish(received.answer, 4, "bob");
  for (std::size_t i = 0; i < choices.size(); ++i) {
    EXPECT_EQ(received.strings[i], pairs[i][choices[i]]) << i;
    EXPECT_NE(received.strings[i], pairs[i][1 - choices[i]]) << i;
  }
}

TEST(BaseOt, StringsOfAllInstancesAndRunsDiffer) {
  const std::vector<std::uint8_t> choices(16, 1);
  std::set<std::pair<std::uint64_t, std::uint64_t>> seen;
  for (int run = 0; run < 4; ++run) {
    const BaseSender sender;
    const auto received = receive_base(choices, bytes(sender.message()), "ada");
    for (const Pair& pair : sender.finish(received.answer, choices.size(), "bob"))
      for (const Block& string : pair) EXPECT_TRUE(seen.insert({string.low, string.high}).second);
  }
}

// An answer replayed at another place gives another string: the instance is in the derivation.
TEST(BaseOt, StringsAreBoundToTheirInstance) {
  const BaseSender sender;
  auto received = receive_base(std::vector<std::uint8_t>{0, 0}, bytes(sender.message()), "ada");
  std::memcpy(received.answer.data() + 32, received.answer.data(), 32);
  const auto pairs = sender.finish(received.answer, 2, "bob");
  EXPECT_NE(pairs[0][0], pairs[1][0]);
  EXPECT_NE(pairs[0][1], pairs[1][1]);
}

// Choices show neither in bits of the answer nor in bits of the strings.
TEST(BaseOt, AnswersAndStringsAreBalancedWhateverTheChoice) {
  constexpr std::size_t kCount = 256;
  for (std::uint8_t choice : {0, 1}) {
    const BaseSender sender;
    const auto received =
        receive_base(std::vector<std::uint8_t>(kCount, choice), bytes(sender.message()), "ada");
    std::size_t in_answer = 0, in_strings = 0;
    // The last byte of an encoding holds seven bits, the first has an even number: count those between.
    for (std::size_t i = 0; i < kCount; ++i)
      for (std::size_t k = 1; k < 31; ++k)
        in_answer +=
            static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(received.answer[32 * i + k])));
    for (const Block& s : received.strings)
      in_strings += static_cast<std::size_t>(std::popcount(s.low) + std::popcount(s.high));
    // 61,440 and 32,768 fair bits: six standard deviations.
    EXPECT_NEAR(static_cast<double>(in_answer) / (kCount * 240), 0.5, 6 * 0.5 / 247.8);
    EXPECT_NEAR(static_cast<double>(in_strings) / (kCount * 128), 0.5, 6 * 0.5 / 181.0);
  }
}

TEST(BaseOt, RefusesWhatIsNoPoint) {
  const BaseSender sender;
  const auto received = receive_base(std::vector<std::uint8_t>{0, 1, 0}, bytes(sender.message()), "ada");
  auto broken = received.answer;
  std::memset(broken.data() + 32, 0xFF, 32);
  EXPECT_THAT(refusal([&] { sender.finish(broken, 3, "bob"); }),
              HasSubstr("point 1 of its answer is not one of ristretto255"));
  broken = received.answer;
  std::memset(broken.data() + 64, 0, 32);  // the identity
  EXPECT_THAT(refusal([&] { sender.finish(broken, 3, "bob"); }), HasSubstr("point 2 of its answer"));
  broken = received.answer;
  broken.pop_back();
  EXPECT_THAT(refusal([&] { sender.finish(broken, 3, "bob"); }),
              HasSubstr("has 95 bytes where 96 are expected"));

  const std::vector<std::uint8_t> choices{1};
  Point point{};
  EXPECT_THAT(refusal([&] { receive_base(choices, bytes(point), "bob"); }),
              HasSubstr("first message is not a point of ristretto255"));
  point.fill(0xFF);
  EXPECT_THAT(refusal([&] { receive_base(choices, bytes(point), "bob"); }), HasSubstr("not a point"));
  EXPECT_THAT(refusal([&] { receive_base(choices, bytes(point).first(31), "bob"); }),
              HasSubstr("has 31 bytes where 32 are expected"));
}

// RFC 9496, 4.3.1 and A.3: an encoding is the one below the prime, not negative, with the highest bit clear.
TEST(BaseOt, RefusesOtherEncodingsOfAPoint) {
  const BaseSender sender;
  const std::vector<std::uint8_t> choices{0, 1};
  std::vector<Point> wrong;
  const auto filled = [](unsigned char first, unsigned char others, unsigned char last) {
    Point point;
    point.fill(others);
    point.front() = first;
    point.back() = last;
    return point;
  };
  wrong.push_back(filled(0x00, 0x00, 0x80));  // the identity, highest bit set
  for (unsigned char low : {0xED, 0xF3, 0xFF})
    wrong.push_back(filled(low, 0xFF, 0x7F));  // the prime and above
  wrong.push_back(filled(0x01, 0x00, 0x00));   // negative
  wrong.push_back(filled(0x01, 0xFF, 0x7F));
  wrong.push_back(sender.message());
  wrong.back().back() |= 0x80;
  for (const Point& point : wrong) {
    EXPECT_THAT(refusal([&] { receive_base(choices, bytes(point), "bob"); }), HasSubstr("not a point"));
    EXPECT_THAT(refusal([&] { sender.finish(bytes(point), 1, "bob"); }), HasSubstr("point 0 of its answer"));
  }
}

}  // namespace
}  // namespace sotto::ot
