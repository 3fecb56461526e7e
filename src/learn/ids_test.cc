#include "learn/ids.h"

#include <gtest/gtest.h>
#include <openssl/hmac.h>

#include <cstring>

namespace sotto::learn {
namespace {

std::vector<std::byte> key_of(unsigned char fill) { return std::vector<std::byte>(32, std::byte{fill}); }

TEST(Ids, AreHashedAsOpenSslDoesIt) {
  const auto key = key_of(7);
  // Lengths are 32 bits, little-endian.
  const std::string message("\x03\0\0\0ann\x02\0\0\0bo", 13);
  unsigned char expected[32];
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(message.data()), message.size(), expected, &length);
  const auto digest = digest_of_ids(key, {"ann", "bo"});
  EXPECT_EQ(std::memcmp(digest.data(), expected, 32), 0);
}

TEST(Ids, DifferByOrderContentBordersAndKey) {
  const auto digest = digest_of_ids(key_of(1), {"ann", "bob"});
  EXPECT_EQ(digest, digest_of_ids(key_of(1), {"ann", "bob"}));
  EXPECT_NE(digest, digest_of_ids(key_of(1), {"bob", "ann"}));
  EXPECT_NE(digest, digest_of_ids(key_of(1), {"annb", "ob"}));
  EXPECT_NE(digest, digest_of_ids(key_of(1), {"ann"}));
  EXPECT_NE(digest, digest_of_ids(key_of(2), {"ann", "bob"}));
}

}  // namespace
}  // namespace sotto::learn
