#include "base/human.h"

#include <gtest/gtest.h>

#include <limits>

namespace sotto {
namespace {

TEST(Human, Bytes) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(1023), "1023 B");
  EXPECT_EQ(human_bytes(1024), "1.00 KiB");
  EXPECT_EQ(human_bytes(12900000), "12.3 MiB");
  EXPECT_EQ(human_bytes(1048575), "1.00 MiB");
  EXPECT_EQ(human_bytes(10480), "10.2 KiB");
  EXPECT_EQ(human_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

TEST(Human, Seconds) {
  EXPECT_EQ(human_seconds(0), "0 s");
  EXPECT_EQ(human_seconds(850e-9), "850 ns");
  EXPECT_EQ(human_seconds(12.34e-6), "12.3 µs");
  EXPECT_EQ(human_seconds(4.561e-3), "4.56 ms");
  EXPECT_EQ(human_seconds(0.99996), "1.00 s");
  EXPECT_EQ(human_seconds(59.9), "59.9 s");
  EXPECT_EQ(human_seconds(59.99), "1 min 00 s");
  EXPECT_EQ(human_seconds(125), "2 min 05 s");
  EXPECT_EQ(human_seconds(11220), "3 h 07 min");
  EXPECT_EQ(human_seconds(187200), "2 d 04 h");
  EXPECT_EQ(human_seconds(-1), "unknown");
  EXPECT_EQ(human_seconds(std::numeric_limits<double>::infinity()), "unknown");
}

TEST(Human, Counts) {
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(950), "950");
  EXPECT_EQ(human_count(1.5), "1.5");
  EXPECT_EQ(human_count(999.9), "1.00 k");
  EXPECT_EQ(human_count(12345), "12.3 k");
  EXPECT_EQ(human_count(-4.56e6), "-4.56 M");
}

}  // namespace
}  // namespace sotto
