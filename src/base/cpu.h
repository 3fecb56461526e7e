// What this processor offers, asked once.
#pragma once

namespace sotto {

struct Cpu {
  bool avx2 = false;  // and FMA
  bool avx512 = false;       // F, DQ, BW and VL
  bool avx512_vbmi = false;  // and VBMI, GFNI
  bool avx512_ifma = false;  // and IFMA, VPOPCNTDQ: products of 52-bit numbers
  bool aes = false;
  bool vaes = false;  // with avx512: four AES blocks per instruction
};

const Cpu& cpu();

}  // namespace sotto
