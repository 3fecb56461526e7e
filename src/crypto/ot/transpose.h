// From rows of bits to blocks: the last step of extension.
#pragma once

#include <cstddef>
#include <cstdint>

#include "crypto/ot/backend.h"
#include "crypto/ot/block.h"

namespace sotto::ot {

// Bit r of out[i] is bit i of row r, 128 rows of kChunkWords words one after the other; kChunkBits blocks.
void transpose(Block* out, const std::uint64_t* rows);

// Its implementations, for the tests that compare them.
void transpose_portable(Block* out, const std::uint64_t* rows);
#if defined(__x86_64__)
void transpose_avx512(Block* out, const std::uint64_t* rows);  // where cpu().avx512_vbmi
#endif

}  // namespace sotto::ot
