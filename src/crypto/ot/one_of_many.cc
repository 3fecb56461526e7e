#include "crypto/ot/one_of_many.h"

#include <algorithm>
#include <vector>

#include "base/error.h"

namespace sotto::ot {
namespace {

using Word = std::uint64_t;
using Purpose = Session::Purpose;

// Tables are handled in groups, so that their masks stay near; a group's entries fill whole bytes.
constexpr std::size_t kGroup = 64;

std::size_t tables_of(std::size_t transfers, int index_bits) {
  SOTTO_ASSERT(index_bits >= 1 && index_bits <= kMaxIndexBits, "an index has 1 to 8 bits");
  SOTTO_ASSERT(transfers % static_cast<std::size_t>(index_bits) == 0, "a table takes index_bits transfers");
  return transfers / static_cast<std::size_t>(index_bits);
}

void check_width(int width) { SOTTO_ASSERT(width >= 1 && width <= 64, "entries have 1 to 64 bits"); }

// The number that a table's random choices make.
Word random_index(std::span<const Block> blocks, std::size_t table, std::size_t index_bits) {
  Word index = 0;
  for (std::size_t bit = 0; bit < index_bits; ++bit)
    index |= (blocks[table * index_bits + bit].low & 1) << bit;
  return index;
}

// Sums of one pad of each transfer, for all numbers: inputs[i].
void sum_pads(std::span<Block> inputs, std::span<const Block> zero, std::span<const Block> one) {
  inputs[0] = Block{};
  for (std::size_t bit = 0; bit < zero.size(); ++bit)
    for (std::size_t i = 0; i < std::size_t{1} << bit; ++i) {
      inputs[i + (std::size_t{1} << bit)] = inputs[i] ^ one[bit];
      inputs[i] ^= zero[bit];
    }
}

// The number under which the first mask of a table is hashed. All masks of one table have one key (hash.h),
// so that the receiver's key does not depend on its index.
std::uint64_t first_mask(std::uint64_t first_transfer) { return first_transfer << kMaxIndexBits; }

// Entry number `index`, looking at all.
Word entry_at(std::span<const Word> entries, Word index) {
  Word entry = 0;
  for (std::size_t j = 0; j < entries.size(); ++j) {
    const Word difference = j ^ index;
    entry |= entries[j] & (((difference | (Word{0} - difference)) >> 63) - 1);
  }
  return entry;
}

template <class Function>
void for_groups(std::size_t tables, const Function& function) {
  for (std::size_t begin = 0; begin < tables; begin += kGroup)
    function(begin, std::min(kGroup, tables - begin));
}

}  // namespace

void ask_many(std::span<std::byte> flips, std::span<const std::uint64_t> indices, int index_bits,
              const ReceivedBlocks& transfers) {
  const std::size_t tables = tables_of(transfers.blocks.size(), index_bits);
  SOTTO_ASSERT(indices.size() == tables && flips.size() == index_bytes(tables, index_bits),
               "an index and its flips for each table");
  std::vector<Word> differences(tables);
  for (std::size_t i = 0; i < tables; ++i)
    differences[i] = indices[i] ^ random_index(transfers.blocks, i, static_cast<std::size_t>(index_bits));
  bits::pack(flips, differences, index_bits);
}

void send_many(std::span<std::byte> message, std::span<const std::uint64_t> tables, int index_bits, int width,
               std::span<const std::byte> flips, const SentBlocks& transfers) {
  const std::size_t count = tables_of(transfers.blocks.size(), index_bits);
  const std::size_t entries = std::size_t{1} << index_bits, digits = static_cast<std::size_t>(index_bits);
  check_width(width);
  check_length(flips, index_bytes(count, index_bits), "indices", transfers.peer);
  SOTTO_ASSERT(tables.size() == count * entries && message.size() == tables_bytes(count, index_bits, width),
               "tables and message have their sizes");
  std::vector<Word> differences(count), masked(kGroup * entries);
  bits::unpack(differences, flips, index_bits);
  std::vector<Block> zero(kGroup * digits), one(zero), masks(kGroup * entries);
  for_groups(count, [&](std::size_t begin, std::size_t here) {
    pads(std::span(zero).first(here * digits), std::span(one).first(here * digits),
         {transfers.blocks.subspan(begin * digits, here * digits), transfers.delta, transfers.session,
          transfers.first + begin * digits, transfers.peer});
    for (std::size_t i = 0; i < here; ++i)
      sum_pads(std::span(masks).subspan(i * entries, entries), std::span(zero).subspan(i * digits, digits),
               std::span(one).subspan(i * digits, digits));
    const auto used = std::span(masks).first(here * entries);
    transfers.session.hash(used, used, Block{}, Purpose::kTables,
                           first_mask(transfers.first + begin * digits));
    for (std::size_t i = 0; i < here; ++i)
      for (std::size_t j = 0; j < entries; ++j)
        masked[i * entries + j] =
            tables[(begin + i) * entries + j] ^ masks[i * entries + (j ^ differences[begin + i])].low;
    bits::pack(message.subspan(begin * entries * static_cast<std::size_t>(width) / 8,
                               tables_bytes(here, index_bits, width)),
               std::span(masked).first(here * entries), width);
  });
}

void receive_many(std::span<std::uint64_t> out, std::span<const std::uint64_t> indices, int index_bits,
                  int width, std::span<const std::byte> message, const ReceivedBlocks& transfers) {
  const std::size_t count = tables_of(transfers.blocks.size(), index_bits);
  const std::size_t entries = std::size_t{1} << index_bits, digits = static_cast<std::size_t>(index_bits);
  check_width(width);
  check_length(message, tables_bytes(count, index_bits, width), "tables", transfers.peer);
  SOTTO_ASSERT(out.size() == count && indices.size() == count, "an index and an entry for each table");
  const Word mask = ~Word{0} >> (64 - width);
  std::vector<Word> masked(kGroup * entries);
  std::vector<Block> taken(kGroup * digits), sums(kGroup);
  for_groups(count, [&](std::size_t begin, std::size_t here) {
    const auto own = std::span(taken).first(here * digits);
    pads(own, {transfers.blocks.subspan(begin * digits, here * digits), transfers.session,
               transfers.first + begin * digits, transfers.peer});
    bits::unpack(std::span(masked).first(here * entries),
                 message.subspan(begin * entries * static_cast<std::size_t>(width) / 8,
                                 tables_bytes(here, index_bits, width)),
                 width);
    const auto inputs = std::span(sums).first(here);
    for (std::size_t i = 0; i < here; ++i) {
      inputs[i] = Block{};
      for (std::size_t bit = 0; bit < digits; ++bit) inputs[i] ^= own[i * digits + bit];
    }
    transfers.session.hash(inputs, inputs, Block{}, Purpose::kTables,
                           first_mask(transfers.first + begin * digits), entries);
    for (std::size_t i = 0; i < here; ++i)
      out[begin + i] =
          (entry_at(std::span(masked).subspan(i * entries, entries), indices[begin + i]) ^ inputs[i].low) &
          mask;
  });
}

}  // namespace sotto::ot
