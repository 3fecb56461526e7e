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

// The sizes of a table. Entries that fit one word together are packed as one number, which gives the same
// bytes.
struct Shape {
  std::size_t digits, entries, width;

  Shape(int index_bits, int entry_width)
      : digits(static_cast<std::size_t>(index_bits)),
        entries(std::size_t{1} << index_bits),
        width(static_cast<std::size_t>(entry_width)) {
    SOTTO_ASSERT(index_bits >= 1 && index_bits <= kMaxIndexBits, "an index has 1 to 8 bits");
    SOTTO_ASSERT(entry_width >= 1 && entry_width <= 64, "entries have 1 to 64 bits");
  }
  std::size_t tables_of(std::size_t transfers) const {
    SOTTO_ASSERT(transfers % digits == 0, "a table takes a transfer for each bit of its index");
    return transfers / digits;
  }
  Word mask() const { return ~Word{0} >> (64 - width); }
  bool fits_a_word() const { return entries * width <= 64; }
  std::size_t words() const { return fits_a_word() ? 1 : entries; }
  int word_width() const { return static_cast<int>(fits_a_word() ? entries * width : width); }
  // Where the message of `count` tables from number `begin` on is; the groups begin at whole bytes.
  template <class Bytes>
  Bytes part(Bytes message, std::size_t begin, std::size_t count) const {
    return message.subspan(begin * entries * width / 8, bits::bytes_for(count * entries * width));
  }
};

// The number that a table's random choices make.
Word random_index(std::span<const Block> blocks, std::size_t table, std::size_t index_bits) {
  Word index = 0;
  for (std::size_t bit = 0; bit < index_bits; ++bit)
    index |= (blocks[table * index_bits + bit].low & 1) << bit;
  return index;
}

// Sums of one pad of each transfer, for all numbers: inputs[i] takes pad number flips ^ i.
void sum_pads(std::span<Block> inputs, std::span<const Block> zero, std::span<const Block> one, Word flips) {
  inputs[0] = Block{};
  for (std::size_t bit = 0; bit < zero.size(); ++bit) {
    const Block low = choose(flips >> bit, one[bit], zero[bit]);
    const Block high = choose(flips >> bit, zero[bit], one[bit]);
    const std::size_t half = std::size_t{1} << bit;
    for (std::size_t i = 0; i < half; ++i) {
      inputs[i + half] = inputs[i] ^ high;
      inputs[i] ^= low;
    }
  }
}

// A table's words for the wire.
void mask_table(std::span<Word> words, std::span<const Word> table, std::span<const Block> masks,
                const Shape& shape) {
  if (!shape.fits_a_word()) {
    for (std::size_t j = 0; j < table.size(); ++j) words[j] = table[j] ^ masks[j].low;
    return;
  }
  words[0] = 0;
  for (std::size_t j = 0; j < table.size(); ++j)
    words[0] |= ((table[j] ^ masks[j].low) & shape.mask()) << (j * shape.width);
}

// The number under which the first mask of a table is hashed. All masks of one table have one key (hash.h),
// so that the receiver's key does not depend on its index.
std::uint64_t first_mask(std::uint64_t first_transfer) { return first_transfer << kMaxIndexBits; }

// Entry number `index`, looking at all words.
Word entry_at(std::span<const Word> words, Word index, const Shape& shape) {
  if (shape.fits_a_word()) return words[0] >> (index * shape.width);
  Word entry = 0;
  for (std::size_t j = 0; j < words.size(); ++j) {
    const Word difference = j ^ index;
    entry |= words[j] & (((difference | (Word{0} - difference)) >> 63) - 1);
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
  const Shape shape(index_bits, 1);
  const std::size_t tables = shape.tables_of(transfers.blocks.size());
  SOTTO_ASSERT(indices.size() == tables && flips.size() == index_bytes(tables, index_bits),
               "an index and its flips for each table");
  std::vector<Word> differences(tables);
  for (std::size_t i = 0; i < tables; ++i)
    differences[i] = indices[i] ^ random_index(transfers.blocks, i, shape.digits);
  bits::pack(flips, differences, index_bits);
}

void send_many(std::span<std::byte> message, std::span<const std::uint64_t> tables, int index_bits, int width,
               std::span<const std::byte> flips, const SentBlocks& transfers) {
  const Shape shape(index_bits, width);
  const std::size_t count = shape.tables_of(transfers.blocks.size()), entries = shape.entries,
                    digits = shape.digits;
  check_length(flips, index_bytes(count, index_bits), "indices", transfers.peer);
  SOTTO_ASSERT(tables.size() == count * entries && message.size() == tables_bytes(count, index_bits, width),
               "tables and message have their sizes");
  std::vector<Word> differences(count), words(kGroup * shape.words());
  bits::unpack(differences, flips, index_bits);
  std::vector<Block> zero(kGroup * digits), one(zero), masks(kGroup * entries);
  for_groups(count, [&](std::size_t begin, std::size_t here) {
    const std::uint64_t first = transfers.first + begin * digits;
    pads(std::span(zero).first(here * digits), std::span(one).first(here * digits),
         {transfers.blocks.subspan(begin * digits, here * digits), transfers.delta, transfers.session, first,
          transfers.peer});
    for (std::size_t i = 0; i < here; ++i)
      sum_pads(std::span(masks).subspan(i * entries, entries), std::span(zero).subspan(i * digits, digits),
               std::span(one).subspan(i * digits, digits), differences[begin + i]);
    const auto used = std::span(masks).first(here * entries);
    transfers.session.hash(used, used, Block{}, Purpose::kTables, first_mask(first));
    for (std::size_t i = 0; i < here; ++i)
      mask_table(std::span(words).subspan(i * shape.words(), shape.words()),
                 tables.subspan((begin + i) * entries, entries), used.subspan(i * entries, entries), shape);
    bits::pack(shape.part(message, begin, here), std::span(words).first(here * shape.words()),
               shape.word_width());
  });
}

void receive_many(std::span<std::uint64_t> out, std::span<const std::uint64_t> indices, int index_bits,
                  int width, std::span<const std::byte> message, const ReceivedBlocks& transfers) {
  const Shape shape(index_bits, width);
  const std::size_t count = shape.tables_of(transfers.blocks.size()), digits = shape.digits;
  check_length(message, tables_bytes(count, index_bits, width), "tables", transfers.peer);
  SOTTO_ASSERT(out.size() == count && indices.size() == count, "an index and an entry for each table");
  std::vector<Word> words(kGroup * shape.words());
  std::vector<Block> taken(kGroup * digits), sums(kGroup);
  for_groups(count, [&](std::size_t begin, std::size_t here) {
    const std::uint64_t first = transfers.first + begin * digits;
    pads(std::span(taken).first(here * digits),
         {transfers.blocks.subspan(begin * digits, here * digits), transfers.session, first, transfers.peer});
    for (std::size_t i = 0; i < here; ++i) {
      sums[i] = Block{};
      for (std::size_t bit = 0; bit < digits; ++bit) sums[i] ^= taken[i * digits + bit];
    }
    const auto masks = std::span(sums).first(here);
    transfers.session.hash(masks, masks, Block{}, Purpose::kTables, first_mask(first), shape.entries);
    bits::unpack(std::span(words).first(here * shape.words()), shape.part(message, begin, here),
                 shape.word_width());
    for (std::size_t i = 0; i < here; ++i)
      out[begin + i] =
          (entry_at(std::span(words).subspan(i * shape.words(), shape.words()), indices[begin + i], shape) ^
           masks[i].low) &
          shape.mask();
  });
}

}  // namespace sotto::ot
