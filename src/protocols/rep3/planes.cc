#include "protocols/rep3/planes.h"

#include <bit>

#include "base/vectorized.h"

namespace sotto::protocols::rep3 {

namespace {

SOTTO_VECTORIZED void and_loop(Word* out, const Word* a, const Word* b, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) out[w] = a[w] & b[w];
}
SOTTO_VECTORIZED void xor_loop(Word* out, const Word* a, const Word* b, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) out[w] = a[w] ^ b[w];
}
SOTTO_VECTORIZED void accumulate_loop(Word* out, const Word* a, const Word* b, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) out[w] ^= a[w] & b[w];
}

}  // namespace

void and_planes(Word* out, const Word* a, const Word* b, std::size_t words) { and_loop(out, a, b, words); }
void xor_planes(Word* out, const Word* a, const Word* b, std::size_t words) { xor_loop(out, a, b, words); }
void accumulate_and(Word* out, const Word* a, const Word* b, std::size_t words) {
  accumulate_loop(out, a, b, words);
}

std::vector<Word> subset_products(const Word* planes, std::size_t count, std::size_t words) {
  std::vector<Word> products((std::size_t{1} << count) * words, ~Word{0});
  for (std::size_t set = 1; set < (std::size_t{1} << count); ++set) {
    const auto lowest = static_cast<std::size_t>(std::countr_zero(set));
    and_planes(&products[set * words], &products[(set & (set - 1)) * words], planes + lowest * words, words);
  }
  return products;
}

void clear_tail(std::span<Word> words, std::size_t bit_count) {
  if (bit_count % 64 != 0) words.back() &= (Word{1} << (bit_count % 64)) - 1;
}

}  // namespace sotto::protocols::rep3
