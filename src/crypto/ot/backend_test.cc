#include "crypto/ot/backend.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "base/aligned.h"
#include "crypto/prg/prg.h"

namespace sotto::ot {
namespace {

std::vector<Block> numbered(std::size_t n, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::vector<Block> blocks(n);
  for (Block& block : blocks) block = {generator(), generator()};
  return blocks;
}

std::vector<RoundKeys> keys_of(const Backend& backend, const std::vector<Block>& keys) {
  std::vector<RoundKeys> round_keys(keys.size());
  backend.expand_keys(round_keys.data(), keys.data(), keys.size());
  return round_keys;
}

// AES by the table of FIPS-197, appendix B: key, input, output.
TEST(OtBackend, HashIsAesOfThePublishedVectorAddedToItsInput) {
  const Block key{0xa6d2ae2816157e2bull, 0x3c4fcf098815f7abull};
  const Block input{0x8d305a88a8f64332ull, 0x340737e0a2983131ull};
  const Block output{0xfb09dc021d842539ull, 0x320b6a19978511dcull};
  for (const Backend* backend : available_backends()) {
    Block hashed;
    backend->hash(&hashed, &input, 1, Block{}, keys_of(*backend, {key})[0]);
    EXPECT_EQ(hashed, output ^ input) << backend->name;
  }
}

TEST(OtBackend, AllExpandKeysAlike) {
  const auto keys = numbered(40, 1);
  const auto expected = keys_of(kPortableBackend, keys);
  for (const Backend* backend : available_backends()) {
    const auto expanded = keys_of(*backend, keys);
    for (std::size_t i = 0; i < keys.size(); ++i)
      for (int round = 0; round < 11; ++round)
        for (int byte = 0; byte < 16; ++byte)
          ASSERT_EQ(expanded[i].bytes[round][byte], expected[i].bytes[round][byte]) << backend->name;
  }
}

// The portable functions block by block, from their definitions.
Block cipher(const Block& x, const RoundKeys& key) {
  Block hashed;
  kPortableBackend.hash(&hashed, &x, 1, Block{}, key);
  return hashed ^ x;
}

TEST(OtBackend, HashAddsTheOffsetFirst) {
  const RoundKeys key = keys_of(kPortableBackend, numbered(1, 2))[0];
  const Block offset = numbered(1, 3)[0];
  for (const Backend* backend : available_backends())
    for (std::size_t n : {0, 1, 3, 4, 5, 31, 32, 33, 100}) {
      const auto in = numbered(n, n);
      std::vector<Block> out(n), same(in);
      backend->hash(out.data(), in.data(), n, offset, key);
      backend->hash(same.data(), same.data(), n, offset, key);
      EXPECT_EQ(out, same) << "in place";
      for (std::size_t i = 0; i < n; ++i) {
        const Block x = in[i] ^ offset;
        ASSERT_EQ(out[i], cipher(x, key) ^ x) << backend->name << " " << n;
      }
    }
}

TEST(OtBackend, SplitGivesChildrenThatAddUpToTheirNode) {
  const RoundKeys key = keys_of(kPortableBackend, numbered(1, 4))[0];
  for (const Backend* backend : available_backends())
    for (std::size_t n : {1, 2, 4, 7, 32, 61}) {
      const auto nodes = numbered(n, n);
      std::vector<Block> out(2 * n);
      backend->split(out.data(), nodes.data(), n, key);
      for (std::size_t i = 0; i < n; ++i) {
        const Block mixed{nodes[i].high, nodes[i].high ^ nodes[i].low};
        ASSERT_EQ(out[2 * i], cipher(mixed, key) ^ mixed) << backend->name << " " << n;
        ASSERT_EQ(out[2 * i] ^ out[2 * i + 1], nodes[i]) << backend->name << " " << n;
      }
    }
}

TEST(OtBackend, FoldSumsTheStreamsOfLeaves) {
  constexpr std::uint64_t kFirst = (std::uint64_t{1} << 33) - 5;
  for (const Backend* backend : available_backends())
    for (int bits : {1, 2, 4, 8}) {
      const auto leaves = keys_of(kPortableBackend, numbered(std::size_t{1} << bits, 5));
      AlignedVector<std::uint64_t> planes(9 * kChunkWords);
      backend->fold(planes.data(), leaves.data(), bits, kFirst);
      for (std::size_t block : {std::size_t{0}, std::size_t{7}, kChunkBlocks - 1}) {
        std::vector<Block> expected(static_cast<std::size_t>(bits) + 1);
        for (std::size_t x = 0; x < leaves.size(); ++x) {
          const Block stream = cipher({kFirst + block, 0}, leaves[x]);
          for (int j = 0; j < bits; ++j)
            if (x >> j & 1) expected[static_cast<std::size_t>(j)] ^= stream;
          expected.back() ^= stream;
        }
        for (std::size_t j = 0; j < expected.size(); ++j) {
          const std::uint64_t* plane = planes.data() + j * kChunkWords + 2 * block;
          ASSERT_EQ((Block{plane[0], plane[1]}), expected[j]) << backend->name << " " << bits << " " << j;
        }
      }
    }
}

TEST(OtBackend, EncodeAddsTenPositions) {
  const RoundKeys matrix = keys_of(kPortableBackend, numbered(1, 6))[0];
  for (const Backend* backend : available_backends())
    for (std::uint32_t dimension : {1u, 7u, 163'840u}) {
      const auto in = numbered(dimension, 7);
      const auto before = numbered(37, 8);
      auto out = before;
      backend->encode(out.data(), out.size(), in.data(), dimension, 1000, matrix);
      for (std::size_t i = 0; i < out.size(); ++i) {
        Block expected = before[i];
        for (std::size_t j = 0; j < 10; ++j) {
          const Block block = cipher({3 * (1000 + i) + j / 4, 0}, matrix);
          const std::uint64_t word = j % 4 < 2 ? block.low : block.high;
          const std::uint64_t number = j % 2 == 0 ? word % (std::uint64_t{1} << 32) : word >> 32;
          expected ^= in[number * dimension / (std::uint64_t{1} << 32)];
        }
        ASSERT_EQ(out[i], expected) << backend->name << " " << dimension << " " << i;
      }
    }
}

}  // namespace
}  // namespace sotto::ot
