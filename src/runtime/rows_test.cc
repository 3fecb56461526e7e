#include "runtime/rows.h"

#include <gmock/gmock.h>

#include <numeric>

#include "base/bits.h"

namespace sotto::runtime {
namespace {

using protocols::Kind;
using protocols::Share;
using protocols::Words;
using testing::ElementsAre;

Words counted(std::size_t count) {
  Words words = Words::allocate(count);
  std::iota(words.mutable_span().begin(), words.mutable_span().end(), 1);
  return words;
}

TEST(Rows, ExampleTheFirstStayAndTheOthersAreZero) {
  Share share;
  share.shape = {3, 2};
  share.parts = {counted(6), Words::zeros(6)};
  const Share first = only_first_rows(share, 2);
  EXPECT_EQ(first.shape, share.shape);
  EXPECT_THAT(first.parts[0].span(), ElementsAre(1, 2, 3, 4, 0, 0));
  EXPECT_TRUE(first.parts[1].is_zero());
  EXPECT_THAT(share.parts[0].span(), ElementsAre(1, 2, 3, 4, 5, 6)) << "others hold it, too";
  EXPECT_THAT(only_first_rows(share, 3).parts[0].span(), ElementsAre(1, 2, 3, 4, 5, 6));
}

// Bits are packed, so rows end inside of words.
TEST(Rows, OfBitsToo) {
  for (const std::int64_t columns : {1, 7, 32, 64, 65})
    for (const std::int64_t kept : {1, 2, 5}) {
      Share share;
      share.kind = Kind::kBoolean;
      share.shape = {5, columns};
      const auto elements = static_cast<std::size_t>(5 * columns);
      Words ones = Words::allocate(bits::words_for(elements));
      std::ranges::fill(ones.mutable_span(), ~std::uint64_t{0});
      share.parts[0] = ones;
      const Share first = only_first_rows(share, static_cast<std::uint64_t>(kept));
      for (std::size_t i = 0; i < elements; ++i)
        EXPECT_EQ(first.parts[0].span()[i / 64] >> i % 64 & 1, i < static_cast<std::size_t>(kept * columns))
            << columns << " " << kept << " " << i;
    }
}

}  // namespace
}  // namespace sotto::runtime
