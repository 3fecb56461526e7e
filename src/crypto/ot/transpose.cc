#include "crypto/ot/transpose.h"

#include "base/bits.h"
#include "base/cpu.h"

namespace sotto::ot {

void transpose(Block* out, const std::uint64_t* rows) {
#if defined(__x86_64__)
  if (cpu().avx512_vbmi) return transpose_avx512(out, rows);
#endif
  transpose_portable(out, rows);
}

void transpose_portable(Block* out, const std::uint64_t* rows) {
  for (std::size_t word = 0; word < kChunkWords; ++word) {
    std::uint64_t column[128];
    for (std::size_t row = 0; row < 128; ++row) column[row] = rows[row * kChunkWords + word];
    // 64 planes of 128 bits: the low and the high word of each block.
    bits::to_planes({&out[64 * word].low, 128}, column, 0, 64);
  }
}

}  // namespace sotto::ot
