#include "base/hash.h"

#include <gtest/gtest.h>

#include <set>

namespace sotto {
namespace {

// FIPS 180-4 examples.
TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, PiecesGiveTheDigestOfTheWholeAtAnyTime) {
  Sha256 hash;
  EXPECT_EQ(hash.digest(), sha256(""));
  const std::string first = "a long message", second = " in two pieces";
  hash.update(std::as_bytes(std::span(first)));
  EXPECT_EQ(hash.digest(), sha256(first));
  hash.update(std::as_bytes(std::span(second)));
  EXPECT_EQ(hash.digest(), sha256(first + second));
}

TEST(TagHash, DependsOnEveryTagAndTheirOrder) {
  std::set<std::uint64_t> values;
  const auto of = [](std::initializer_list<std::uint64_t> tags) {
    TagHash hash;
    for (std::uint64_t tag : tags) hash.add(tag);
    return hash.value();
  };
  for (auto value : {of({}), of({0}), of({0, 0}), of({1}), of({0, 1}), of({1, 0}), of({1ull << 63})})
    EXPECT_TRUE(values.insert(value).second);
  TagHash a, b;
  a.add("matmul"), b.add("matmul");
  EXPECT_EQ(a.value(), b.value());
  b.add("");
  EXPECT_NE(a.value(), b.value());
}

TEST(TagHash, OneBitChangesHalfOfTheBits) {
  int changed = 0;
  for (int bit = 0; bit < 64; ++bit) {
    TagHash a, b;
    a.add(5), b.add(5 ^ (1ull << bit));
    changed += std::popcount(a.value() ^ b.value());
  }
  EXPECT_NEAR(changed / 64.0, 32, 4);
}

}  // namespace
}  // namespace sotto
