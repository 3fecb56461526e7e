#include "crypto/ot/softspoken.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.h"
#include "base/threads.h"
#include "crypto/ot/small_tree.h"
#include "crypto/ot/sodium.h"
#include "crypto/ot/transpose.h"

namespace sotto::ot {
namespace {

using Word = std::uint64_t;

constexpr std::size_t kRows = 128;

std::size_t trees_of(int bits) { return kRows / static_cast<std::size_t>(bits); }
std::size_t leaves_of(int bits) { return std::size_t{1} << bits; }

void check_bits(int bits) {
  if (bits != 1 && bits != 2 && bits != 4 && bits != 8)
    throw Error(ErrorKind::kUsage, fmt::format("SoftSpoken with trees of {} levels", bits),
                "1, 2, 4 or 8 levels are possible: 16, 8, 4 or 2 bytes a transfer.");
}

std::vector<RoundKeys> expanded(std::span<const Block> leaves) {
  std::vector<RoundKeys> keys(leaves.size());
  backend().expand_keys(keys.data(), leaves.data(), leaves.size());
  return keys;
}

// The trees' roots: AES-128 under the seed, counting.
std::vector<Block> roots_of(const Block& seed, std::size_t count) {
  std::vector<Block> roots(count);
  for (std::size_t tree = 0; tree < count; ++tree) roots[tree].low = tree;
  RoundKeys key;
  backend().expand_keys(&key, &seed, 1);
  backend().hash(roots.data(), roots.data(), count, Block{}, key);
  sodium_memzero(&key, sizeof key);
  return roots;
}

void forget(std::vector<RoundKeys>& keys) { sodium_memzero(keys.data(), keys.size() * sizeof(RoundKeys)); }

// A digit of Delta.
std::uint64_t digit(const Block& delta, std::size_t tree, int bits) {
  const std::size_t at = tree * static_cast<std::size_t>(bits);
  return (at < 64 ? delta.low : delta.high) >> at % 64 & (leaves_of(bits) - 1);
}

// One chunk: its transfers, where its message begins, and how long each tree's part is.
struct Chunk {
  std::size_t first, count, message, part_bytes;
  std::uint64_t stream;

  Chunk(std::size_t number, std::size_t all, int bits, std::uint64_t next_block)
      : first(number * kChunkBits),
        count(std::min(kChunkBits, all - first)),
        message(softspoken_bytes(first, bits)),
        part_bytes((count + kRows - 1) / kRows * sizeof(Block)),
        stream(next_block + number * kChunkBlocks) {}
};

// The rows of a chunk. A tree's planes are made in place, its sum behind them, where the next tree's will be.
class Rows {
 public:
  Word* at(std::size_t row) { return words_ + row * kChunkWords; }
  void to_blocks(std::span<Block> out) const {
    if (out.size() == kChunkBits) return transpose(out.data(), words_);
    std::vector<Block> all(kChunkBits);
    transpose(all.data(), words_);
    std::copy_n(all.begin(), out.size(), out.begin());
  }

 private:
  alignas(64) Word words_[(kRows + 1) * kChunkWords];
};

template <class Function>
void for_chunks(std::size_t count, int bits, std::uint64_t start, const Function& function) {
  parallel_for((count + kChunkBits - 1) / kChunkBits, 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t number = begin; number < end; ++number) function(Chunk(number, count, bits, start));
  });
}

// Returns what `next` was, and goes on by `count` transfers.
std::uint64_t advance(std::uint64_t& next, std::size_t count) {
  return std::exchange(next, next + (count + kRows - 1) / kRows);
}

}  // namespace

std::size_t softspoken_bytes(std::size_t count, int bits) {
  return (count + kRows - 1) / kRows * sizeof(Block) * (trees_of(bits) - 1);
}

Block random_delta() {
  Block delta = random_block();
  delta.low |= 1;
  return delta;
}

SoftSpokenReceiver::SoftSpokenReceiver(int bits, const Session& session, std::span<const Pair> base,
                                       const Block& seed)
    : bits_(bits), tree_message_(kTreeMessageBytes) {
  check_bits(bits);
  SOTTO_ASSERT(base.size() == kBaseTransfers, "128 base transfers");
  const SmallTrees trees(bits, session);
  std::vector<Pair> masked(kBaseTransfers);
  const std::vector<Block> roots = roots_of(seed, trees_of(bits));
  for (std::size_t tree = 0; tree < trees_of(bits); ++tree) {
    const auto at = tree * static_cast<std::size_t>(bits), depth = static_cast<std::size_t>(bits);
    const auto leaves =
        trees.grow(roots[tree], base.subspan(at, depth), std::span(masked).subspan(at, depth));
    const auto keys = expanded(leaves);
    leaves_.insert(leaves_.end(), keys.begin(), keys.end());
  }
  std::memcpy(tree_message_.data(), masked.data(), kTreeMessageBytes);
}

SoftSpokenReceiver::~SoftSpokenReceiver() { forget(leaves_); }

std::uint64_t SoftSpokenReceiver::reserve(std::size_t count) { return advance(next_block_, count); }

void SoftSpokenReceiver::extend_at(std::uint64_t place, std::span<Block> out,
                                   std::span<std::byte> message) const {
  SOTTO_ASSERT(message.size() == softspoken_bytes(out.size(), bits_), "the message has its size");
  const auto depth = static_cast<std::size_t>(bits_);
  for_chunks(out.size(), bits_, place, [&](const Chunk& chunk) {
    Rows rows;
    Word choices[kChunkWords];
    std::byte* part = message.data() + chunk.message;
    for (std::size_t tree = 0; tree < trees_of(bits_); ++tree) {
      backend().fold(rows.at(tree * depth), leaves_.data() + tree * leaves_of(bits_), bits_, chunk.stream);
      Word* sum = rows.at((tree + 1) * depth);
      if (tree == 0) {
        std::copy_n(sum, kChunkWords, choices);
        continue;
      }
      for (std::size_t w = 0; w < kChunkWords; ++w) sum[w] ^= choices[w];
      std::memcpy(part, sum, chunk.part_bytes);
      part += chunk.part_bytes;
    }
    std::copy_n(choices, kChunkWords, rows.at(0));
    rows.to_blocks(out.subspan(chunk.first, chunk.count));
  });
}

std::vector<std::uint8_t> SoftSpokenSender::base_choices(const Block& delta, int bits) {
  check_bits(bits);
  std::vector<std::uint8_t> choices;
  for (std::size_t tree = 0; tree < trees_of(bits); ++tree)
    for (int level = 0; level < bits; ++level)
      choices.push_back(static_cast<std::uint8_t>((~digit(delta, tree, bits) >> (bits - 1 - level)) & 1));
  return choices;
}

SoftSpokenSender::SoftSpokenSender(int bits, const Session& session, const Block& delta,
                                   std::span<const Block> base, std::span<const std::byte> tree_message,
                                   std::string peer)
    : bits_(bits), delta_(delta), peer_(std::move(peer)) {
  check_bits(bits);
  SOTTO_ASSERT(base.size() == kBaseTransfers, "128 base transfers");
  SOTTO_ASSERT((delta.low & 1) == 1, "Delta's lowest bit is one");
  if (tree_message.size() != kTreeMessageBytes)
    throw Error(
        ErrorKind::kPeer,
        fmt::format("oblivious transfer with {}: its trees' message has {} bytes where {} are expected",
                    peer_, tree_message.size(), kTreeMessageBytes),
        "The peer runs another version of Sotto.", peer_);
  std::vector<Pair> masked(kBaseTransfers);
  std::memcpy(masked.data(), tree_message.data(), kTreeMessageBytes);
  const SmallTrees trees(bits, session);
  for (std::size_t tree = 0; tree < trees_of(bits); ++tree) {
    const auto at = tree * static_cast<std::size_t>(bits), depth = static_cast<std::size_t>(bits);
    const std::uint64_t missing = digit(delta, tree, bits);
    auto leaves =
        trees.regrow(missing, base.subspan(at, depth), std::span<const Pair>(masked).subspan(at, depth));
    // Number them by x ^ d: the unknown one is then number zero, which adds to no plane.
    move_leaves(leaves, missing);
    const auto keys = expanded(leaves);
    leaves_.insert(leaves_.end(), keys.begin(), keys.end());
  }
}

SoftSpokenSender::~SoftSpokenSender() {
  forget(leaves_);
  sodium_memzero(&delta_, sizeof delta_);
}

std::uint64_t SoftSpokenSender::reserve(std::size_t count) { return advance(next_block_, count); }

void SoftSpokenSender::extend_at(std::uint64_t place, std::span<Block> out,
                                 std::span<const std::byte> message) const {
  if (message.size() != softspoken_bytes(out.size(), bits_))
    throw Error(
        ErrorKind::kPeer,
        fmt::format("oblivious transfer with {}: the message for {} transfers has {} bytes where {} are "
                    "expected",
                    peer_, out.size(), message.size(), softspoken_bytes(out.size(), bits_)),
        "The peer runs another version of Sotto.", peer_);
  const auto depth = static_cast<std::size_t>(bits_);
  for_chunks(out.size(), bits_, place, [&](const Chunk& chunk) {
    Rows rows;
    Word correction[kChunkWords] = {};
    const std::byte* part = message.data() + chunk.message;
    for (std::size_t tree = 0; tree < trees_of(bits_); ++tree) {
      backend().fold(rows.at(tree * depth), leaves_.data() + tree * leaves_of(bits_), bits_, chunk.stream);
      if (tree != 0) {
        std::memcpy(correction, part, chunk.part_bytes);
        part += chunk.part_bytes;
      }
      for (std::size_t j = 0; j < depth; ++j) {
        const Word mask = mask_of(digit(delta_, tree, bits_) >> j);
        Word* row = rows.at(tree * depth + j);
        for (std::size_t w = 0; w < kChunkWords; ++w) row[w] ^= correction[w] & mask;
      }
    }
    std::fill_n(rows.at(0), kChunkWords, Word{0});
    rows.to_blocks(out.subspan(chunk.first, chunk.count));
  });
}

}  // namespace sotto::ot
