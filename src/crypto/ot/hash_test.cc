#include "crypto/ot/hash.h"

#include <gtest/gtest.h>

#include <bit>

namespace sotto::ot {
namespace {

using Purpose = Session::Purpose;

std::vector<Block> hashed(const Session& session, std::span<const Block> in, const Block& offset,
                          Purpose purpose, std::uint64_t first) {
  std::vector<Block> out(in.size());
  session.hash(out, in, offset, purpose, first);
  return out;
}

TEST(OtHash, BothPartiesAgreeHoweverTheyCutTheirBatches) {
  const Block seed = random_block();
  const Session one(seed), other(seed);
  std::vector<Block> in(5000);
  fill_random(in);
  const auto whole = hashed(one, in, Block{}, Purpose::kPads, 700);
  for (std::size_t begin = 0; begin < in.size(); begin += 300) {
    const auto part = std::span(in).subspan(begin, std::min<std::size_t>(300, in.size() - begin));
    const auto cut = hashed(other, part, Block{}, Purpose::kPads, 700 + begin);
    for (std::size_t i = 0; i < cut.size(); ++i) ASSERT_EQ(cut[i], whole[begin + i]) << begin + i;
  }
}

TEST(OtHash, DependsOnSessionPurposeAndGroupOfInstances) {
  const std::vector<Block> in{random_block()};
  const Session session(random_block());
  const auto reference = hashed(session, in, Block{}, Purpose::kPads, 0);
  EXPECT_NE(hashed(Session(random_block()), in, Block{}, Purpose::kPads, 0), reference);
  EXPECT_NE(hashed(session, in, Block{}, Purpose::kTables, 0), reference);
  EXPECT_NE(hashed(session, in, Block{}, Purpose::kPads, 1024), reference);
}

// Inputs that differ by a common Delta give strings that differ in a fair half of all bits.
TEST(OtHash, BreaksTheCorrelation) {
  constexpr std::size_t kCount = 1 << 16;
  const Session session(random_block());
  std::vector<Block> in(kCount);
  fill_random(in);
  const Block delta = random_block();
  const auto zero = hashed(session, in, Block{}, Purpose::kPads, 0),
             one = hashed(session, in, delta, Purpose::kPads, 0);
  for (int bit = 0; bit < 128; ++bit) {
    std::size_t ones = 0;
    for (std::size_t i = 0; i < kCount; ++i) {
      const Block difference = zero[i] ^ one[i];
      ones += (bit < 64 ? difference.low : difference.high) >> bit % 64 & 1;
    }
    EXPECT_NEAR(static_cast<double>(ones) / kCount, 0.5, 6 * 0.5 / 256) << bit;
  }
}

}  // namespace
}  // namespace sotto::ot
