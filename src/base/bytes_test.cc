#include "base/bytes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sotto {
namespace {

TEST(Bytes, WritesAndReads) {
  ByteWriter writer;
  writer.number(std::uint32_t{0x01020304});
  writer.number(std::int16_t{-2});
  writer.real(-0.5);
  writer.text("héllo");
  EXPECT_EQ(writer.bytes()[0], std::byte{4});
  const Bytes bytes = writer.take();
  ByteReader reader(bytes);
  EXPECT_EQ(reader.number<std::uint32_t>(), 0x01020304u);
  EXPECT_EQ(reader.number<std::int16_t>(), -2);
  EXPECT_EQ(reader.real(), -0.5);
  EXPECT_EQ(reader.text(100), "héllo");
  EXPECT_EQ(reader.remaining(), 0u);
  reader.expect_end();
}

template <class Call>
Error error_of(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::kInternal, "accepted");
}

TEST(BytesMisuse, EveryReadIsBounded) {
  ByteWriter writer;
  writer.text("0123456789");
  const Bytes bytes = writer.bytes();
  const auto reader = [&](std::size_t size) {
    return ByteReader(std::span(bytes).first(size), "the plan", ErrorKind::kPlan);
  };
  EXPECT_EQ(error_of([&] { reader(3).number<std::uint32_t>(); }).message(),
            "the plan ends at byte 3 where 4 more are needed");
  EXPECT_EQ(error_of([&] { reader(12).text(100); }).message(),
            "the plan ends at byte 12 where 10 more are needed");
  EXPECT_EQ(error_of([&] { reader(14).text(9); }).message(),
            "the plan has a text of 10 bytes at byte 0; at most 9 are allowed");
  EXPECT_EQ(error_of([&] { reader(5).expect_end(); }).message(),
            "the plan has 5 unexpected bytes at its end");
  EXPECT_EQ(error_of([&] { reader(5).raw(SIZE_MAX); }).kind(), ErrorKind::kPlan);
}

}  // namespace
}  // namespace sotto
