#include "protocols/probes.h"

#include <algorithm>
#include <array>

#include "base/vectorized.h"

namespace sotto::protocols {

namespace {

using Word = ring::Element;

// Coefficients are drawn block by block of the tensor, two words an element: bit k of the first counts for
// probe k, bit k of the second against it.
constexpr std::size_t kBlock = 4096;
constexpr std::uint8_t kCoefficients = 0xFF;

// sums[k] += values[i] * coefficient (i, k)
SOTTO_VECTORIZED void accumulate(Word* sums, const Word* values, const Word* coefficients,
                                 std::size_t count) {
  std::array<Word, kProbes> local{};
  for (std::size_t i = 0; i < count; ++i) {
    const Word value = values[i], plus = coefficients[2 * i], minus = coefficients[2 * i + 1];
    for (std::size_t k = 0; k < kProbes; ++k)
      local[k] += (value & (Word{0} - ((plus >> k) & 1))) - (value & (Word{0} - ((minus >> k) & 1)));
  }
  for (std::size_t k = 0; k < kProbes; ++k) sums[k] += local[k];
}

}  // namespace

void Projection::add(std::span<Word> sums, std::span<const Word> values, std::size_t offset,
                     const Site& site) const {
  const prg::Prg coins(prg::Key{});  // public: a key that everybody knows
  std::array<Word, 2 * kBlock> coefficients;
  std::size_t drawn = ~std::size_t{0};
  for (std::size_t at = 0; at < values.size();) {
    const std::size_t index = offset + at, block = index / kBlock, group = index / group_size_;
    const std::size_t end =
        std::min({(block + 1) * kBlock, (group + 1) * group_size_, offset + values.size()});
    if (block != drawn) coins.fill(coefficients, site.at(block, kCoefficients));
    drawn = block;
    accumulate(&sums[group * kProbes], &values[at], &coefficients[2 * (index % kBlock)], end - index);
    at += end - index;
  }
}

}  // namespace sotto::protocols
