#include "crypto/prg/prg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <string>
#include <vector>

#include "base/error.h"
#include "crypto/prg/aes_backend.h"

namespace sotto::prg {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes from_hex(const std::string& hex) {
  Bytes bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

Key key_from_hex(const std::string& hex) {
  Key key;
  std::memcpy(key.data(), from_hex(hex).data(), key.size());
  return key;
}

const Key kKey = key_from_hex("2b7e151628aed2a6abf7158809cf4f3c");

// Example: two parties with a common key mask and unmask without a message.
TEST(Prg, PartiesWithOneKeyAgree) {
  const Key shared = random_key();
  const Prg alice(shared), bob(shared);
  const Address address{.step = 7, .operation = 3, .purpose = 1};
  std::vector<std::uint64_t> values(1000);
  std::iota(values.begin(), values.end(), 0);
  const std::vector<std::uint64_t> original = values;
  alice.add(values, address);
  EXPECT_NE(values, original);
  bob.subtract(values, address);
  EXPECT_EQ(values, original);
}

TEST(AesKey, ExpandsAsInFips197AppendixA) {
  const RoundKeys keys = expand_key(kKey);
  EXPECT_EQ(Bytes(keys.bytes[1], keys.bytes[1] + 16), from_hex("a0fafe1788542cb123a339392a6c7605"));
  EXPECT_EQ(Bytes(keys.bytes[10], keys.bytes[10] + 16), from_hex("d014f9a8c9ee2589e13f0cc8b6630ca6"));
}

class Backends : public testing::TestWithParam<const Backend*> {
 protected:
  Bytes blocks(const Key& key, const std::string& first, std::size_t count) const {
    std::vector<std::uint64_t> words(2 * count);
    GetParam()->generate(words.data(), words.size(), expand_key(key), from_hex(first).data(),
                         Combine::kStore);
    Bytes bytes(16 * count);
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return bytes;
  }
};

TEST_P(Backends, EncryptsFips197AppendixBAndC) {
  EXPECT_EQ(blocks(kKey, "3243f6a8885a308d313198a2e0370734", 1),
            from_hex("3925841d02dc09fbdc118597196a0b32"));
  EXPECT_EQ(blocks(key_from_hex("000102030405060708090a0b0c0d0e0f"), "00112233445566778899aabbccddeeff", 1),
            from_hex("69c4e0d86a7b0430d8cdb78070b4c55a"));
}

// F.5.1 CTR-AES128.Encrypt lists the key stream as "output block".
TEST_P(Backends, CountsAsSp80038aCtr) {
  EXPECT_EQ(blocks(kKey, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff", 4),
            from_hex("ec8cdf7398607cb0f2d21675ea9ea1e4"
                     "362b7c3c6773516318a077d7fc5073ae"
                     "6a2cc3787889374fbeb4c81b17ba6c44"
                     "e89c399ff0f198c6d40a31db156cabfe"));
}

TEST_P(Backends, GivesTheWordsOfOpenSslForEveryLengthAndCombination) {
  const RoundKeys keys = expand_key(kKey);
  for (const char* first : {"00000000000000000000000000000000", "ffffffffffffffffffffffff00000000",
                            "0123456789abcdef01234567000000fe", "0123456789abcdef0123456700fffff7"}) {
    const Bytes block = from_hex(first);
    for (std::size_t n : {0, 1, 2, 3, 7, 8, 9, 31, 63, 64, 65, 66, 127, 128, 129, 511, 1000, 5001}) {
      for (Combine combine : {Combine::kStore, Combine::kAdd, Combine::kSubtract, Combine::kXor}) {
        std::vector<std::uint64_t> expected(n + 1), actual(n + 1);
        for (std::size_t i = 0; i <= n; ++i) expected[i] = actual[i] = i * 0x9E3779B97F4A7C15u;
        kOpenSslBackend.generate(expected.data(), n, keys, block.data(), combine);
        GetParam()->generate(actual.data(), n, keys, block.data(), combine);
        ASSERT_EQ(actual, expected) << first << " n=" << n << " combination " << static_cast<int>(combine);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, Backends,
                         testing::ValuesIn(available_backends().begin(), available_backends().end()),
                         [](const auto& info) { return std::string(info.param->name); });

TEST(Prg, AddressIsTheBlockAsDocumented) {
  const Prg prg(kKey);
  std::vector<std::uint64_t> words(6), expected(6);
  prg.fill(words, {.step = 0x01020304,
                   .operation = 0x0506,
                   .sub_operation = 0x0708,
                   .chunk = 0x090A,
                   .purpose = 0x0B,
                   .shard = 0x0C});
  kOpenSslBackend.generate(expected.data(), 6, expand_key(kKey),
                           from_hex("0102030405060708090a0b0c00000000").data(), Combine::kStore);
  EXPECT_EQ(words, expected);
}

TEST(Prg, EveryFieldOfTheAddressMatters) {
  const Prg prg(kKey);
  std::vector<std::vector<std::uint64_t>> outputs;
  for (const Address& address :
       {Address{}, Address{.step = 1}, Address{.operation = 1}, Address{.sub_operation = 1},
        Address{.chunk = 1}, Address{.purpose = 1}, Address{.shard = 1}}) {
    outputs.emplace_back(2);
    prg.fill(outputs.back(), address);
  }
  for (std::size_t i = 0; i < outputs.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(outputs[i], outputs[j]) << i << " and " << j;
}

TEST(Prg, AddSubtractAndXorUseTheWordsOfFill) {
  // Objects of one key, since one object refuses to use an address again in debug builds.
  std::vector<std::uint64_t> words(99), sum(99, 5), difference(99, 5), mixed(99, 5);
  Prg(kKey).fill(words, {});
  Prg(kKey).add(sum, {});
  Prg(kKey).subtract(difference, {});
  Prg(kKey).exclusive_or(mixed, {});
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(sum[i], 5 + words[i]);
    EXPECT_EQ(difference[i], 5 - words[i]);
    EXPECT_EQ(mixed[i], 5 ^ words[i]);
  }
}

TEST(Prg, RandomKeysDiffer) { EXPECT_NE(random_key(), random_key()); }

#ifndef NDEBUG
TEST(Prg, DebugBuildsRefuseToUseAnAddressTwice) {
  const Prg prg(kKey);
  std::vector<std::uint64_t> words(4);
  prg.fill(words, {.step = 1});
  prg.fill(words, {.step = 2});
  try {
    prg.add(words, {.step = 1});
    FAIL() << "the second use was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInternal);
    EXPECT_THAT(error.message(), testing::HasSubstr("a PRG address was used twice under one key"));
  }
}
#endif

}  // namespace
}  // namespace sotto::prg
