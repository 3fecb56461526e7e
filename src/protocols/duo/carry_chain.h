// The sign of v = A + B modulo 2^w, |v| < 2^(w-1), A known to the first party and B to the second: the carry
// of the low n = w - 1 bits, place after place. The fewest bytes, and as many rounds as places; comparison.h
// has the same in few rounds.
//
//   v < 0  <=>  msb(A) ^ msb(B) ^ c_n,     c_0 = 0,   c_(i+1) = a b ^ c_i (a ^ b),   a = a_i, b = b_i.
// Let c_i = U ^ l ^ m with U open, l a uniform bit of the first party, m one of the second. Then
//   c_(i+1) = U (a ^ b) ^ l a ^ m b ^ (a ^ l) b ^ m a ^ a b ^ a b  and  a b ^ l b ^ m a = (a ^ l) b ^ m a:
// what is not local are two products of a bit that one party may draw with a bit that the other knows. Random
// transfers draw them: r = a ^ l is the first's choice in a transfer from the second, m the second's choice
// in one from the first. Who sends adds its bit to the difference of its two pads, in one message for all
// places; then each round opens one U: each party sends its share of c_i, plus l or m. The first place is
//   c_1 = a b = (a ^ r) b ^ r b,    a ^ r being opened to the second.
//
// After a truncation by d bits, the same works on the parts before the wrap's correction, for w <= 64 - d:
// the wrap is a multiple of 2^(64-d).
//
// Security: semi-honest. Each bit sent is masked by a bit that its receiver does not know: a pad it has not
// (crypto/ot/hash.h), or a choice that is hidden from it; each masks one bit. Perfect correctness. Carries by
// one product of bits a place: Boyar, Peralta, Pochuev, Theoretical Computer Science 2000; opened wires under
// masks that are made ahead: Beaver, Crypto 1991.
//
// Cost: 2n - 1 transfers and 4n - 2 bits; n rounds from where transfers are there to both on.
#pragma once

#include "protocols/duo/supply.h"

namespace sotto::protocols::duo {

class CarryChain {
 public:
  CarryChain(Supply& supply, std::size_t count, int window);

  // This party's part of v, any bits above the window; result: its share of [v >= 0], a plane.
  Task<Words> run(Words part);

 private:
  // Planes of all places that the chain goes through: bits of this party's part; l or m; and what its share
  // of the next carry is beside U times its bit.
  struct Places {
    Words own, masks, known;
  };
  std::size_t places() const { return static_cast<std::size_t>(window_ - 1); }
  std::size_t size() const { return places() * words_; }
  Task<Places> prepare(const Words& part);

  Supply& supply_;
  std::size_t count_, words_;
  int window_;
  Supply::Claim claims_[2];  // by sender
};

}  // namespace sotto::protocols::duo
