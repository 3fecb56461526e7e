// Products of bits that one party knows with numbers that the other knows, as additive shares.
//
// Correlated transfers modulo 2^w (crypto/ot/forms.h): the receiver's choice is the bit c, the sender's
// difference the number d; the sender's sum s is uniform, the receiver gets s + c d. Shares -s and s + c d.
// From this come the four that protocols are made of, with b = b_0 ^ b_1 = b_0 + b_1 - 2 b_0 b_1:
//   a bit as a number, one product; a wrap or carry, one; a number selected by a bit, one in each direction.
//
// Security: that of transfers, semi-honest: the receiver sees one masked number for each, the sender the bit
// under a uniform mask. Gilboa, Two Party RSA Key Generation, Crypto 1999; Asharov, Lindell, Schneider,
// Zohner, CCS 2013.
//
// Cost: a transfer, 1 + w bits; 2 rounds, of which the first may be the supply's.
#pragma once

#include "protocols/duo/supply.h"

namespace sotto::protocols::duo {

class BitProducts {
 public:
  // `sender` has the numbers.
  BitProducts(Supply& supply, int sender, std::size_t count, int width)
      : supply_(supply), sender_(sender), count_(count), width_(width), claim_(supply.claim(sender, count)) {}

  // The numbers, or the plane of bits. Result: this party's share, meaningful modulo 2^width.
  Task<Words> run(Words mine);

 private:
  Task<Words> send(Words differences);
  Task<Words> choose(Words plane);

  Supply& supply_;
  int sender_;
  std::size_t count_;
  int width_;
  Supply::Claim claim_;
};

}  // namespace sotto::protocols::duo
