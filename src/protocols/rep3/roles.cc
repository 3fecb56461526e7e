#include "protocols/rep3/roles.h"

#include <algorithm>
#include <numeric>

namespace sotto::protocols::rep3 {

namespace {
// A chunk's index is 16 bits of the address of its randomness: beyond, two chunks would share their masks.
constexpr std::size_t kMostPieces = 65535;
static_assert(kMostPieces % 3 == 0);
}  // namespace

std::size_t granularity_of(const Shape& shape) {
  if (shape.size() < 2 || element_count(shape) == 0) return 64;
  const bool batch = shape[0] >= 3;
  return std::lcm<std::size_t>(
      64, static_cast<std::size_t>(batch ? element_count(shape) / shape[0] : shape.back()));
}

std::vector<Chunk> cut(std::size_t count, std::size_t granularity, const Site& site,
                       const ChunkSizes& sizes) {
  SOTTO_ASSERT(granularity > 0 && (granularity % 64 == 0 || !sizes.at_words),
               "chunks end at words of packed bits");
  const std::size_t pieces =
      count < sizes.whole
          ? 1
          : std::min(3 * ((count + 3 * sizes.largest - 1) / (3 * sizes.largest)), kMostPieces);
  const std::size_t unrounded = (count + pieces - 1) / pieces;
  const std::size_t size = std::max((unrounded + granularity - 1) / granularity * granularity, granularity);
  const std::size_t turn = site.base.operation + site.base.sub_operation;
  std::vector<Chunk> chunks;
  for (std::size_t begin = 0; begin < count; begin += size) {
    const std::size_t index = chunks.size();
    chunks.push_back({begin, std::min(begin + size, count), static_cast<int>((turn + index) % 3), index});
  }
  return chunks;
}

}  // namespace sotto::protocols::rep3
