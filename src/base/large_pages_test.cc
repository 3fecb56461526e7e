#include "base/large_pages.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "base/error.h"

namespace sotto {
namespace {

TEST(LargePages, AreMemoryOfAnySize) {
  for (const std::size_t count :
       {std::size_t{0}, std::size_t{1}, std::size_t{1} << 18, std::size_t{300'001}}) {
    const LargeArray<std::uint64_t> array(count);
    ASSERT_EQ(array.span().size(), count);
    for (std::size_t i = 0; i < count; ++i) array.span()[i] = i;
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(array.span()[i], i);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(array.span().data()) % 64, 0u);
  }
}

TEST(LargePages, RefuseWhatNoMachineHas) {
  for (const std::size_t count : {SIZE_MAX, SIZE_MAX / 8, std::size_t{1} << 60})
    EXPECT_THROW(LargeArray<std::uint64_t>{count}, Error) << count;
}

}  // namespace
}  // namespace sotto
