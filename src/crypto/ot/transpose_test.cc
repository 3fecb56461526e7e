#include "crypto/ot/transpose.h"

#include <gtest/gtest.h>

#include "base/cpu.h"
#include "crypto/ot/test_support.h"

namespace sotto::ot {
namespace {

void expect_transposed(void (*function)(Block*, const std::uint64_t*)) {
  const auto rows = numbers(128 * kChunkWords, 1);
  std::vector<Block> out(kChunkBits);
  function(out.data(), rows.data());
  for (std::size_t i = 0; i < kChunkBits; ++i)
    for (int row = 0; row < 128; ++row)
      ASSERT_EQ(bit_of(out[i], row),
                rows[static_cast<std::size_t>(row) * kChunkWords + i / 64] >> i % 64 & 1);
}

TEST(OtTranspose, BitsOfRowsBecomeBitsOfBlocks) {
  expect_transposed(transpose);
  expect_transposed(transpose_portable);
#if defined(__x86_64__)
  if (cpu().avx512_vbmi) expect_transposed(transpose_avx512);
#endif
}

}  // namespace
}  // namespace sotto::ot
