// AND of XOR-shared bits: x with y, and with a second operand z where asked, for planes of packed bits.
//
// A random transfer whose choice bit is a_R and whose sender's pads differ by b_S in a bit gives shares of
// a_R b_S without a message: the sender's pad zero, the receiver's pad. One in each direction gives
//   (a_0 ^ a_1)(b_0 ^ b_1) = a_0 b_0 ^ a_1 b_1 ^ a_0 b_1 ^ a_1 b_0,
// a multiplication triple of uniform bits, and another with the same a from the pads' second bit. Then
// (Beaver, Crypto 1991) X = x ^ a and Y = y ^ b are opened, and x y = X Y ^ X b ^ a Y ^ a b.
//
// Security: semi-honest; a and b are uniform to either party given what it has (crypto/ot/hash.h), and each
// masks one opening. Triples from random transfers: Asharov, Lindell, Schneider, Zohner, CCS 2013.
//
// Cost of each bit: a transfer in each direction, 2 bits from each party (3 with a second operand), 1 round.
#pragma once

#include "protocols/duo/supply.h"

namespace sotto::protocols::duo {

class Conjunction {
 public:
  // Words of x and y, and of z, which belongs to the last words of x.
  Conjunction(Supply& supply, std::size_t words, std::size_t second_words);

  // Shares of x & y in the first words of the result, of x & z behind them. From the second round on.
  Task<Words> run(Words x, Words y, Words z);

 private:
  // Shares of the triples: b and a b for y, then for z.
  struct Triples {
    Words a, b, product;
  };
  Triples make() const;
  void make_word(Triples& triples, std::size_t word, std::span<const ot::Block> zero,
                 std::span<const ot::Block> one, std::span<const ot::Block> chosen,
                 std::span<const ot::Block> received) const;
  std::size_t all_words() const { return words_ + second_words_; }

  Supply& supply_;
  std::size_t words_, second_words_;
  Supply::Claim claims_[2];
};

}  // namespace sotto::protocols::duo
