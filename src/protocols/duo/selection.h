// Selection by a secret bit: y = b v, for a bit b = b_0 ^ b_1 and a number v = v_0 + v_1.
//
//   b v_i = (b_i + b_j (1 - 2 b_i)) v_i:   what party i knows itself, and its number (1 - 2 b_i) v_i times
//   the other's bit
//
// so that two products of bit_products.h, one in each direction, are enough. Security and papers: there;
// Rathee et al., CrypTFlow2, CCS 2020, in this form. Cost: 2 transfers and 130 bits; 2 rounds.
#pragma once

#include "protocols/duo/bit_products.h"

namespace sotto::protocols::duo {

class Selection {
 public:
  Selection(Supply& supply, std::size_t count)
      : context_(supply.context()),
        count_(count),
        products_{BitProducts(supply, 0, count, 64), BitProducts(supply, 1, count, 64)} {}

  // This party's plane of bits and part of v; result: its share of y. From the supply's start on.
  Task<Words> run(Words plane, Words part);

 private:
  const Context& context_;
  std::size_t count_;
  BitProducts products_[2];
};

}  // namespace sotto::protocols::duo
