#include "protocols/rep3/scan.h"

#include "base/error.h"
#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

namespace {

using Word = std::uint64_t;

SOTTO_VECTORIZED void scan_under_masks(Word* selected, const Word* table, Word index, std::size_t entries,
                                       std::size_t terms) {
  Word masks[kMostScanned];
  for (std::size_t i = 0; i < entries; ++i) masks[i] = Word{0} - static_cast<Word>(i == index);
  asm volatile("" : : "r"(masks) : "memory");  // from here on they may be any words
  if (terms == 1) {
    Word sum = 0;
    for (std::size_t i = 0; i < entries; ++i) sum |= table[i] & masks[i];
    *selected = sum;
    return;
  }
  for (std::size_t t = 0; t < terms; ++t) selected[t] = 0;
  for (std::size_t i = 0; i < entries; ++i)
    for (std::size_t t = 0; t < terms; ++t) selected[t] |= table[i * terms + t] & masks[i];
}

}  // namespace

void scan(Word* selected, const Word* table, Word index, std::size_t entries, std::size_t terms) {
  SOTTO_ASSERT(entries <= kMostScanned, "a table that is scanned has at most 2^8 entries");
  scan_under_masks(selected, table, index, entries, terms);
}

}  // namespace sotto::protocols::rep3
