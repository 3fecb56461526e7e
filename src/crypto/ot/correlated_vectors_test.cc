// Correlated vectors against their definition.
#include "crypto/ot/correlated_vectors.h"

#include <gmock/gmock.h>

#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

TEST(CorrelatedVectors, AreSumsWithOneChoiceForEachVector) {
  for (std::size_t count : {1, 64, 65, 130})
    for (std::size_t length : {1, 2, 3, 100, 512, 8192})
      for (int width : {1, 13, 64}) {
        const Transfers transfers(count);
        const auto choices = plane_of(count, 4), differences = numbers(count * length, 5);
        std::vector<std::byte> flips(flips_bytes(count)),
            message(correlated_vectors_bytes(count, length, width));
        ask(flips, choices, transfers.of_receiver());
        std::vector<bits::Word> sums(count * length), out(count * length);
        send_correlated_vectors(message, sums, differences, length, width, flips, transfers.of_sender());
        receive_correlated_vectors(out, length, width, message, choices, transfers.of_receiver());
        for (std::size_t i = 0; i < out.size(); ++i)
          ASSERT_EQ(out[i], modulo(sums[i] + bit(choices, i / length) * differences[i], width))
              << count << " of " << length << ", " << width << " bits, at " << i;
      }
}

// Sums are uniform and of their own: no two words of a stretch, or of two, are equal but by chance.
TEST(CorrelatedVectors, SumsDiffer) {
  constexpr std::size_t kCount = 20, kLength = 8192;
  const Transfers transfers(kCount);
  const std::vector<bits::Word> choices(bits::words_for(kCount)), differences(kCount * kLength);
  std::vector<std::byte> flips(flips_bytes(kCount)), message(correlated_vectors_bytes(kCount, kLength, 64));
  ask(flips, choices, transfers.of_receiver());
  std::vector<bits::Word> sums(kCount * kLength);
  send_correlated_vectors(message, sums, differences, kLength, 64, flips, transfers.of_sender());
  std::ranges::sort(sums);
  EXPECT_EQ(std::ranges::adjacent_find(sums), sums.end());
}

TEST(CorrelatedVectors, RefusesTruncatedMessages) {
  const Transfers transfers(100);
  const std::vector<bits::Word> choices(2), values(700);
  std::vector<bits::Word> out(700);
  std::vector<std::byte> message(correlated_vectors_bytes(100, 7, 4));
  EXPECT_THAT(refusal([&] {
                receive_correlated_vectors(out, 7, 4, std::span(message).first(349), choices,
                                           transfers.of_receiver());
              }),
              testing::HasSubstr("its corrections have 349 bytes where 350 are expected"));
}

}  // namespace
}  // namespace sotto::ot
