// Packed bits in 64-bit words, for any processor; also the tails of the vector implementations.
#include <algorithm>
#include <bit>
#include <cstring>

#include "base/bits.h"
#include "base/bits_table.h"

namespace sotto::bits {
namespace {

static_assert(std::endian::native == std::endian::little, "packed arrays are little-endian");

// In place: bit j of row i becomes bit i of row j. Blocks of 32x32, then 16x16, ... are swapped across the
// diagonal.
void transpose(Word rows[64]) {
  Word mask = 0x00000000FFFFFFFF;
  for (int size = 32; size > 0; size /= 2, mask ^= mask << size) {
    for (int block = 0; block < 64; block += 2 * size) {
      for (int row = block; row < block + size; ++row) {
        const Word swapped = ((rows[row] >> size) ^ rows[row + size]) & mask;
        rows[row] ^= swapped << size;
        rows[row + size] ^= swapped;
      }
    }
  }
}

void to_planes(Word* planes, const Word* values, std::size_t n, int low, int count) {
  const std::size_t words = words_for(n);
  for (std::size_t word = 0; word < words; ++word) {
    Word block[64] = {};
    std::copy_n(values + 64 * word, std::min<std::size_t>(64, n - 64 * word), block);
    transpose(block);
    for (int plane = 0; plane < count; ++plane) planes[plane * words + word] = block[low + plane];
  }
}

void expand(Word* out, const Word* plane, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = (plane[i / 64] >> (i % 64)) & 1;
}

void expand_mask(Word* out, const Word* plane, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) out[i] = 0 - ((plane[i / 64] >> (i % 64)) & 1);
}

void collect(Word* plane, const Word* values, std::size_t n) {
  for (std::size_t word = 0; word < words_for(n); ++word) {
    Word bits = 0;
    const std::size_t count = std::min<std::size_t>(64, n - 64 * word);
    for (std::size_t i = 0; i < count; ++i) bits |= (values[64 * word + i] & 1) << i;
    plane[word] = bits;
  }
}

// Collects bits and stores whole words; `filled` stays below 64 between values.
void pack(std::byte* out, const Word* values, std::size_t n, int width) {
  const Word mask = ~Word{0} >> (64 - width);
  Word pending = 0;
  int filled = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Word value = values[i] & mask;
    pending |= value << filled;
    filled += width;
    if (filled >= 64) {
      std::memcpy(out, &pending, 8);
      out += 8;
      filled -= 64;
      pending = filled == 0 ? 0 : value >> (width - filled);
    }
  }
  std::memcpy(out, &pending, bytes_for(static_cast<std::size_t>(filled)));
}

Word load(const std::byte* from) {
  Word word;
  std::memcpy(&word, from, 8);
  return word;
}

// The value that begins at `bit`, from the nine bytes there.
Word extract(const std::byte* bytes, std::size_t bit, Word mask) {
  const int shift = static_cast<int>(bit % 8);
  const Word high = std::to_integer<Word>(bytes[8]);
  return ((load(bytes) >> shift) | ((high << 1) << (63 - shift))) & mask;
}

void unpack(Word* out, const std::byte* packed, std::size_t n, int width) {
  const Word mask = ~Word{0} >> (64 - width);
  const std::size_t step = static_cast<std::size_t>(width);
  const std::size_t total = bytes_for(n * step);
  std::size_t i = 0;
  if (total >= 9) {
    const std::size_t safe = std::min(n, (total - 9) * 8 / step);
    if (width <= 57) {
      // Such a value lies within the eight bytes from its first one.
      for (; i < safe; ++i) out[i] = (load(packed + i * step / 8) >> (i * step % 8)) & mask;
    } else {
      for (; i < safe; ++i) out[i] = extract(packed + i * step / 8, i * step, mask);
    }
  }
  for (; i < n; ++i) {
    std::byte window[9] = {};
    const std::size_t first = i * step / 8;
    std::memcpy(window, packed + first, std::min<std::size_t>(9, total - first));
    out[i] = extract(window, i * step, mask);
  }
}

}  // namespace

const Table kPortableTable = {.name = "portable",
                              .to_planes = to_planes,
                              .expand = expand,
                              .expand_mask = expand_mask,
                              .collect = collect,
                              .pack = pack,
                              .unpack = unpack};

}  // namespace sotto::bits
