#include "base/bits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/bits_table.h"
#include "base/error.h"

namespace sotto::bits {
namespace {

using Vector = std::vector<std::uint64_t>;
using Bytes = std::vector<std::byte>;

Vector random_vector(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Vector values(n);
  for (auto& value : values) value = generator();
  return values;
}

const std::size_t kSizes[] = {0, 1, 7, 8, 9, 63, 64, 65, 127, 128, 200, 511, 512, 513, 1100};

// Example: three 12-bit numbers take 36 bits on the wire, so five bytes.
TEST(Bits, PackedNumbersHaveNoGaps) {
  const Vector values{0xABC, 0x123, 0xFFF};
  Bytes packed(bytes_for(3 * 12));
  pack(packed, values, 12);
  EXPECT_THAT(packed, testing::ElementsAre(std::byte{0xBC}, std::byte{0x3A}, std::byte{0x12}, std::byte{0xFF},
                                           std::byte{0x0F}));
  Vector back(3);
  unpack(back, packed, 12);
  EXPECT_EQ(back, values);
}

class Tables : public testing::TestWithParam<const Table*> {};

INSTANTIATE_TEST_SUITE_P(All, Tables, testing::ValuesIn(available_tables().begin(), available_tables().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST_P(Tables, PlanesAreTheBitsOfTheValues) {
  const std::pair<int, int> ranges[] = {{0, 64}, {0, 0}, {0, 1}, {63, 1}, {3, 20}, {17, 33}};
  for (std::size_t n : kSizes) {
    const Vector values = random_vector(n, n);
    for (auto [low, count] : ranges) {
      const std::size_t words = words_for(n);
      Vector planes(words * static_cast<std::size_t>(count) + 1, 77), expected(planes.size() - 1);
      for (std::size_t p = 0; p < static_cast<std::size_t>(count); ++p)
        for (std::size_t i = 0; i < n; ++i)
          expected[p * words + i / 64] |= ((values[i] >> (p + static_cast<std::size_t>(low))) & 1)
                                          << (i % 64);
      expected.push_back(77);
      GetParam()->to_planes(planes.data(), values.data(), n, low, count);
      ASSERT_EQ(planes, expected) << "n=" << n << " low=" << low << " count=" << count;
    }
  }
}

TEST_P(Tables, ExpandsAndCollectsPlanes) {
  for (std::size_t n : kSizes) {
    Vector plane = random_vector(words_for(n), n + 1);
    Vector bits(n + 1, 77), masks(n + 1, 77), values = random_vector(n, n + 2), back(words_for(n) + 1, 77);
    GetParam()->expand(bits.data(), plane.data(), n);
    GetParam()->expand_mask(masks.data(), plane.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t bit = (plane[i / 64] >> (i % 64)) & 1;
      ASSERT_EQ(bits[i], bit);
      ASSERT_EQ(masks[i], 0 - bit);
      values[i] = (values[i] & ~std::uint64_t{1}) | bit;
    }
    EXPECT_EQ(bits[n], 77u);
    EXPECT_EQ(masks[n], 77u);
    GetParam()->collect(back.data(), values.data(), n);
    if (n % 64 != 0) plane.back() &= (std::uint64_t{1} << (n % 64)) - 1;
    plane.push_back(77);
    ASSERT_EQ(back, plane) << n;
  }
}

Bytes packed_bit_by_bit(const Vector& values, int width) {
  Bytes packed(bytes_for(values.size() * static_cast<std::size_t>(width)));
  std::size_t position = 0;
  for (std::uint64_t value : values)
    for (int bit = 0; bit < width; ++bit, ++position)
      packed[position / 8] |= static_cast<std::byte>(((value >> bit) & 1) << (position % 8));
  return packed;
}

TEST_P(Tables, PacksAndUnpacksEveryWidth) {
  for (std::size_t n : kSizes) {
    const Vector values = random_vector(n, n + 3);
    for (int width = 1; width <= 64; ++width) {
      Bytes expected = packed_bit_by_bit(values, width), packed(expected.size() + 1, std::byte{77});
      GetParam()->pack(packed.data(), values.data(), n, width);
      expected.push_back(std::byte{77});
      ASSERT_EQ(packed, expected) << "n=" << n << " width=" << width;
      // An exact copy, so that reading beyond the end is caught by the address sanitizer.
      const Bytes exact(expected.begin(), expected.end() - 1);
      Vector back(n + 1, 77);
      GetParam()->unpack(back.data(), exact.data(), n, width);
      for (std::size_t i = 0; i < n; ++i)
        ASSERT_EQ(back[i], values[i] & (~0ull >> (64 - width))) << n << " " << width;
      ASSERT_EQ(back[n], 77u);
    }
  }
}

TEST(BitsMisuse, SaysWhatIsWrong) {
  const auto message_of = [](auto&& call) -> std::string {
    try {
      call();
    } catch (const Error& error) {
      return error.message();
    }
    return "accepted";
  };
  Vector values(65), plane(1);
  Bytes bytes(10);
  EXPECT_THAT(message_of([&] { expand(values, plane); }),
              testing::HasSubstr("a plane has one bit per value"));
  EXPECT_THAT(message_of([&] { to_planes(plane, values, 60, 5); }),
              testing::HasSubstr("planes are taken from bits 0 to 63"));
  EXPECT_THAT(message_of([&] { pack(bytes, values, 65); }),
              testing::HasSubstr("packed numbers have 1 to 64 bits"));
  EXPECT_THAT(message_of([&] { unpack(values, bytes, 3); }),
              testing::HasSubstr("a packed array has width bits per value"));
}

}  // namespace
}  // namespace sotto::bits
