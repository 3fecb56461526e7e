#include "protocols/share.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace sotto::protocols {
namespace {

TEST(Words, MoreThanThereCanBeIsAnError) {
  const std::size_t bytes_wrap_around = (std::size_t{1} << 61) + 1;
  for (const std::size_t count : {bytes_wrap_around, ~std::size_t{0}, std::size_t{1} << 60})
    EXPECT_THROW(Words::allocate(count), Error);
}

}  // namespace
}  // namespace sotto::protocols
