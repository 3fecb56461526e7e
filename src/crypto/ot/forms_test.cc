#include "crypto/ot/forms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

using bits::Word;
using testing::HasSubstr;

TEST(Forms, ExampleTheReceiverGetsTheMessagesItAskedFor) {
  const Transfers transfers(3);
  const std::vector<Word> choices{0b101}, zero{10, 20, 30}, one{11, 21, 31};
  std::vector<std::byte> flips(flips_bytes(3)), message(chosen_bytes(3, 8));
  ask(flips, choices, transfers.of_receiver());
  send_chosen(message, zero, one, 8, flips, transfers.of_sender());
  std::vector<Word> out(3);
  receive_chosen(out, 8, message, choices, transfers.of_receiver());
  EXPECT_THAT(out, testing::ElementsAre(11, 20, 31));
}

TEST(Forms, RandomPadsAgreeWhereTheChoiceIs) {
  const Transfers transfers(3000);
  std::vector<Block> zero(3000), one(3000), chosen(3000);
  pads(zero, one, transfers.of_sender());
  pads(chosen, transfers.of_receiver());
  std::vector<Word> choices(bits::words_for(3000));
  random_choices(choices, transfers.received);
  for (std::size_t i = 0; i < 3000; ++i) {
    const bool choice = transfers.received[i] != transfers.sent[i];
    ASSERT_EQ(bit(choices, i), choice);
    ASSERT_EQ(chosen[i], choice ? one[i] : zero[i]);
    ASSERT_NE(chosen[i], choice ? zero[i] : one[i]);
  }
}

TEST(Forms, ChosenMessagesOfAllWidths) {
  for (std::size_t count : {1, 7, 64, 1025, 2500})
    for (int width : {1, 2, 7, 8, 32, 33, 63, 64}) {
      const Transfers transfers(count);
      const auto choices = plane_of(count, 1), zero = numbers(count, 2), one = numbers(count, 3);
      std::vector<std::byte> flips(flips_bytes(count)), message(chosen_bytes(count, width));
      EXPECT_EQ(message.size(), 2 * ((count * static_cast<std::size_t>(width) + 7) / 8));
      ask(flips, choices, transfers.of_receiver());
      send_chosen(message, zero, one, width, flips, transfers.of_sender());
      std::vector<Word> out(count);
      receive_chosen(out, width, message, choices, transfers.of_receiver());
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(out[i], modulo(bit(choices, i) != 0 ? one[i] : zero[i], width)) << count << " " << width;
    }
}

TEST(Forms, CorrelatedNumbersOfAllWidths) {
  for (std::size_t count : {1, 9, 1024, 3001})
    for (int width : {1, 5, 16, 31, 64}) {
      const Transfers transfers(count);
      const auto choices = plane_of(count, 4), differences = numbers(count, 5);
      std::vector<std::byte> flips(flips_bytes(count)), message(correlated_bytes(count, width));
      EXPECT_EQ(message.size(), (count * static_cast<std::size_t>(width) + 7) / 8);
      ask(flips, choices, transfers.of_receiver());
      std::vector<Word> sums(count), out(count);
      send_correlated(message, sums, differences, width, flips, transfers.of_sender());
      receive_correlated(out, width, message, choices, transfers.of_receiver());
      for (std::size_t i = 0; i < count; ++i)
        ASSERT_EQ(out[i], modulo(sums[i] + bit(choices, i) * differences[i], width)) << count << " " << width;
    }
}

// What is sent is fair whatever choices and messages are.
TEST(Forms, MessagesAreFairWhateverTheyHide) {
  constexpr std::size_t kCount = 1 << 14;
  const Transfers transfers(kCount);
  const auto ones_in = [](std::span<const std::byte> bytes) {
    std::size_t ones = 0;
    for (const std::byte byte : bytes)
      ones += static_cast<std::size_t>(std::popcount(std::to_integer<unsigned>(byte)));
    return static_cast<double>(ones) / (8.0 * static_cast<double>(bytes.size()));
  };
  for (const Word content : {Word{0}, ~Word{0}}) {
    const std::vector<Word> choices(kCount / 64, content), values(kCount, content);
    std::vector<std::byte> flips(flips_bytes(kCount)), chosen(chosen_bytes(kCount, 16)),
        correlated(correlated_bytes(kCount, 16));
    ask(flips, choices, transfers.of_receiver());
    send_chosen(chosen, values, values, 16, flips, transfers.of_sender());
    std::vector<Word> sums(kCount);
    send_correlated(correlated, sums, values, 16, flips, transfers.of_sender());
    EXPECT_NEAR(ones_in(flips), 0.5, 6 * 0.5 / std::sqrt(kCount));
    EXPECT_NEAR(ones_in(chosen), 0.5, 6 * 0.5 / std::sqrt(32.0 * kCount));
    EXPECT_NEAR(ones_in(correlated), 0.5, 6 * 0.5 / std::sqrt(16.0 * kCount));
  }
}

// With its pads, the receiver cannot open the other message: it gets noise, balanced bit by bit.
TEST(Forms, TheOtherMessageStaysHidden) {
  constexpr std::size_t kCount = 1 << 14;
  const Transfers transfers(kCount);
  const std::vector<Word> choices(kCount / 64), wrong(kCount / 64, ~Word{0}), zero(kCount, 1), one(kCount, 2);
  std::vector<std::byte> flips(flips_bytes(kCount)), message(chosen_bytes(kCount, 8));
  ask(flips, choices, transfers.of_receiver());
  send_chosen(message, zero, one, 8, flips, transfers.of_sender());
  std::vector<Word> out(kCount);
  receive_chosen(out, 8, message, wrong, transfers.of_receiver());
  for (int place = 0; place < 8; ++place) {
    std::size_t ones = 0;
    for (const Word value : out) ones += value >> place & 1;
    EXPECT_NEAR(static_cast<double>(ones) / kCount, 0.5, 6 * 0.5 / 128);
  }
}

TEST(Forms, RefusesTruncatedMessages) {
  const Transfers transfers(100);
  const std::vector<Word> choices(2), values(100);
  std::vector<Word> out(100);
  std::vector<std::byte> flips(flips_bytes(100)), message(chosen_bytes(100, 4));
  EXPECT_THAT(refusal([&] {
                send_chosen(message, values, values, 4, std::span(flips).first(12), transfers.of_sender());
              }),
              HasSubstr("its choices have 12 bytes where 13 are expected"));
  EXPECT_THAT(refusal([&] {
                receive_chosen(out, 4, std::span(message).first(99), choices, transfers.of_receiver());
              }),
              HasSubstr("its messages have 99 bytes where 100 are expected"));
  EXPECT_THAT(refusal([&] {
                receive_correlated(out, 4, std::span(message).first(49), choices, transfers.of_receiver());
              }),
              HasSubstr("its corrections have 49 bytes where 50 are expected"));
}

}  // namespace
}  // namespace sotto::ot
