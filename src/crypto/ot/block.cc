#include "crypto/ot/block.h"

#include "crypto/ot/sodium.h"

namespace sotto::ot {

void fill_random(std::span<Block> blocks) {
  start_sodium();
  randombytes_buf(blocks.data(), blocks.size_bytes());
}

Block random_block() {
  Block block;
  fill_random({&block, 1});
  return block;
}

}  // namespace sotto::ot
