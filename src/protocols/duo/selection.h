// Selection by a secret bit: y = b v, for a bit b = b_0 ^ b_1 and a number v = v_0 + v_1.
//
//   b v_i = (b_i + b_j (1 - 2 b_i)) v_i:   what party i knows itself, and its number (1 - 2 b_i) v_i times
//   the other's bit
//
// so that two products of bit_products.h, one in each direction, are enough. Where 0 <= y < 2^(w-1) is known,
// as of a ReLU in a window of w bits, they are made modulo 2^w, y = y_0 + y_1 - wrap 2^w; the top bit of y
// being zero, the sum wraps if y_0 or y_1 has it set, and one product of these bits, modulo 2^(64-w), takes
// the wrap away.
//
// Security and papers: bit_products.h; Rathee et al., CrypTFlow2, CCS 2020, in the first form, and for the
// wrap of a number whose sign is known. Cost: 2 transfers and 130 bits, 2 rounds; in a window 3 transfers and
// 67 + w bits, 4 rounds.
#pragma once

#include <optional>

#include "protocols/duo/bit_products.h"

namespace sotto::protocols::duo {

class Selection {
 public:
  // window: w, or 64 where y may be anything.
  Selection(Supply& supply, std::size_t count, int window = 64);

  // This party's plane of bits and part of v; result: its share of y. From the supply's start on.
  Task<Words> run(Words plane, Words part);

 private:
  Task<Words> select(Words plane, Words part);
  Task<Words> widen(Words share);

  const Context& context_;
  std::size_t count_;
  int window_;
  BitProducts products_[2];
  std::optional<BitProducts> wrap_;
};

}  // namespace sotto::protocols::duo
