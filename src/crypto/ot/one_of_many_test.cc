#include "crypto/ot/one_of_many.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

using bits::Word;
using testing::HasSubstr;

TEST(OneOfMany, TheReceiverGetsItsEntry) {
  for (int index_bits : {1, 2, 4, 5, 8})
    for (int width : {1, 2, 9, 64})
      for (std::size_t count : {1, 63, 64, 65, 130}) {
        const std::size_t entries = std::size_t{1} << index_bits;
        const Transfers transfers(count * static_cast<std::size_t>(index_bits));
        const auto tables = numbers(count * entries, 6);
        auto indices = numbers(count, 7);
        for (Word& index : indices) index %= entries;
        std::vector<std::byte> flips(index_bytes(count, index_bits)),
            message(tables_bytes(count, index_bits, width));
        EXPECT_EQ(message.size(), (count * entries * static_cast<std::size_t>(width) + 7) / 8);
        ask_many(flips, indices, index_bits, transfers.of_receiver());
        send_many(message, tables, index_bits, width, flips, transfers.of_sender());
        std::vector<Word> out(count);
        receive_many(out, indices, index_bits, width, message, transfers.of_receiver());
        for (std::size_t i = 0; i < count; ++i)
          ASSERT_EQ(out[i], modulo(tables[i * entries + indices[i]], width))
              << index_bits << " " << width << " " << count << " " << i;
      }
}

// Masks of a table's entries are pairwise independent: their sums over any even set of entries are not zero.
TEST(OneOfMany, MasksOfATableDoNotCancel) {
  constexpr std::size_t kCount = 1 << 12;
  const Transfers transfers(2 * kCount);
  const std::vector<Word> tables(4 * kCount), indices(kCount);
  std::vector<std::byte> flips(index_bytes(kCount, 2)), message(tables_bytes(kCount, 2, 64));
  ask_many(flips, indices, 2, transfers.of_receiver());
  send_many(message, tables, 2, 64, flips, transfers.of_sender());
  std::vector<Word> masks(4 * kCount);
  bits::unpack(masks, message, 64);
  std::size_t ones = 0;
  for (std::size_t i = 0; i < kCount; ++i)
    ones += static_cast<std::size_t>(
        std::popcount(masks[4 * i] ^ masks[4 * i + 1] ^ masks[4 * i + 2] ^ masks[4 * i + 3]));
  EXPECT_NEAR(static_cast<double>(ones) / (64.0 * kCount), 0.5, 6 * 0.5 / std::sqrt(64.0 * kCount));
}

TEST(OneOfMany, RefusesTruncatedMessages) {
  const Transfers transfers(40);
  const std::vector<Word> indices(10), tables(160);
  std::vector<Word> out(10);
  std::vector<std::byte> flips(index_bytes(10, 4)), message(tables_bytes(10, 4, 2));
  EXPECT_THAT(
      refusal([&] { send_many(message, tables, 4, 2, std::span(flips).first(4), transfers.of_sender()); }),
      HasSubstr("its indices have 4 bytes where 5 are expected"));
  EXPECT_THAT(refusal([&] {
                receive_many(out, indices, 4, 2, std::span(message).first(39), transfers.of_receiver());
              }),
              HasSubstr("its tables have 39 bytes where 40 are expected"));
}

}  // namespace
}  // namespace sotto::ot
