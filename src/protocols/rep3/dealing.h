// The single deals correlated randomness to the pair: additive (or XOR) two-party sharings of values it
// knows.
//
// first's share comes from the key it has in common with the single and costs nothing; second's share, value
// minus first's share, is sent. Each share alone is uniform, so nobody learns anything. Second's words are
// there only after the next round. Everything is a no-op of the right length when counting.
#pragma once

#include <functional>
#include <span>

#include "protocols/rep3/roles.h"

namespace sotto::protocols::rep3 {

class Dealing {
 public:
  Dealing(Context& context, const Site& site, const Chunk& chunk)
      : context_(context), site_(site), chunk_(chunk), roles_(roles_of(context, chunk)) {}

  const Roles& roles() const { return roles_; }
  Context& context() const { return context_; }

  // The key of single and first, or of single and second; callable at those two parties only.
  const prg::Prg& first_key() const {
    return context_.key_with(roles_.is_first() ? roles_.single : roles_.first());
  }
  const prg::Prg& second_key() const {
    return context_.key_with(roles_.is_second() ? roles_.single : roles_.second());
  }
  prg::Address at(Purpose purpose) const { return site_.at(chunk_.index, purpose); }

  // Additive shares of `count` ring elements. At the single, `value` holds them and is consumed: on return it
  // holds second's shares. Result: this party's share (at the single: second's).
  Words elements(std::size_t count, Purpose purpose, Words value);
  // The same, also keeping first's shares at the single: for sums whose components are the shares themselves.
  Words elements_and_keep(std::size_t count, Purpose purpose, Words value, Words& first_share);
  // XOR shares of `count` words of packed bits, likewise.
  Words planes(std::size_t count, Purpose purpose, Words value);

  // Additive shares modulo 2^width; second's travel packed. Call unpack_narrow() after the round.
  struct Narrow {
    Words share;
    Words wire;
    int width = 0;
  };
  Narrow narrow(std::size_t count, int width, Purpose purpose, Words value);
  // The same; on return `value` at the single holds second's shares, and first_share first's.
  Narrow narrow_and_keep(std::size_t count, int width, Purpose purpose, Words value, Words& first_share);
  void unpack_narrow(Narrow& narrow) const;

  // Pseudorandom words of first's or second's key; at a party without that key an empty Words.
  Words first_random(std::size_t count, Purpose purpose) const;
  Words second_random(std::size_t count, Purpose purpose) const;

 private:
  Words deal(std::size_t count, Purpose purpose, Words value, bool boolean);

  Context& context_;
  const Site& site_;
  const Chunk& chunk_;
  Roles roles_;
};

// The pair exchanges arrays of equal length; the result is there after the next round.
Words exchange(Context& context, const Roles& roles, const Words& mine, std::size_t bytes);

}  // namespace sotto::protocols::rep3
