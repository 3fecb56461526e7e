#include "protocols/duo/random_bits.h"

#include <algorithm>

#include "base/error.h"
#include "base/threads.h"
#include "base/vectorized.h"

namespace sotto::protocols::duo {
namespace {

// Words made at a time: their pads stay near.
constexpr std::size_t kGroupWords = 16, kGroup = 64 * kGroupWords;

// The lowest bits of 64 blocks for each word.
SOTTO_VECTORIZED void collect_lowest(Word* out, const ot::Block* blocks, std::size_t words) {
  for (std::size_t w = 0; w < words; ++w) {
    Word parts[8] = {};
    for (std::size_t i = 0; i < 8; ++i)
      for (std::size_t j = 0; j < 8; ++j) parts[j] |= (blocks[64 * w + 8 * i + j].low & 1) << (8 * i + j);
    out[w] =
        ((parts[0] | parts[1]) | (parts[2] | parts[3])) | ((parts[4] | parts[5]) | (parts[6] | parts[7]));
  }
}

template <class Function>
void for_groups(std::size_t all, const Function& function) {
  SOTTO_ASSERT(all % 64 == 0, "bits come in whole words");
  parallel_for((all + kGroup - 1) / kGroup, 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t first = begin * kGroup; first < std::min(end * kGroup, all); first += kGroup)
      function(first, std::min(kGroup, all - first));
  });
}

}  // namespace

void take_bits(std::span<Word> pads, std::span<Word> differences, const ot::SentBlocks& transfers) {
  for_groups(transfers.blocks.size(), [&](std::size_t first, std::size_t count) {
    ot::Block zero[kGroup], one[kGroup];
    ot::pads({zero, count}, {one, count},
             {transfers.blocks.subspan(first, count), transfers.delta, transfers.session,
              transfers.first + first, transfers.peer});
    Word *to = pads.data() + first / 64, *to_difference = differences.data() + first / 64;
    collect_lowest(to, zero, count / 64);
    collect_lowest(to_difference, one, count / 64);
    for (std::size_t w = 0; w < count / 64; ++w) to_difference[w] ^= to[w];
  });
}

void take_bits(std::span<Word> choices, std::span<Word> pads, const ot::ReceivedBlocks& transfers) {
  for_groups(transfers.blocks.size(), [&](std::size_t first, std::size_t count) {
    ot::Block chosen[kGroup];
    const auto blocks = transfers.blocks.subspan(first, count);
    ot::pads({chosen, count}, {blocks, transfers.session, transfers.first + first, transfers.peer});
    collect_lowest(choices.data() + first / 64, blocks.data(), count / 64);
    collect_lowest(pads.data() + first / 64, chosen, count / 64);
  });
}

}  // namespace sotto::protocols::duo
