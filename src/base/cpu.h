// What this processor offers, asked once.
#pragma once

namespace sotto {

struct Cpu {
  bool avx2 = false;
  bool avx512 = false;       // F, DQ, BW and VL
  bool avx512_vbmi = false;  // and VBMI, GFNI
  bool aes = false;
  bool vaes = false;  // with avx512: four AES blocks per instruction
};

const Cpu& cpu();

}  // namespace sotto
