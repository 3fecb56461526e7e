// The correlation-robust hash: what makes independent strings of correlated ones.
//
// H_i(x) = pi(x) ^ x, pi being AES-128 under a key that changes every 1024 instances and from session to
// session. In the ideal-cipher model, and for inputs that are distinct but for 2^-100 (a semi-honest peer's
// are pseudorandom), strings H_i(x_i ^ Delta) are indistinguishable from uniform ones but for about p q /
// 2^127 in p queries to the cipher under a key that serves q instances (Guo, Katz, Wang, Yu: Efficient and
// Secure Multiparty Computation from Fixed-Key Block Ciphers, S&P 2020, the construction MMO). Under one key
// for all, q is the number of all transfers of all sessions, and a third of the security is gone; keys of
// their own, as Guo, Katz, Wang, Weng, Yu argue for garbling (Crypto 2020), leave q = 1024: more than 115
// bits, however many transfers there are. Against malicious receivers, who choose x, the instance must enter
// the permutation, too (TMMO): not built.
#pragma once

#include <cstdint>
#include <span>

#include "crypto/ot/backend.h"
#include "crypto/ot/block.h"

namespace sotto::ot {

// Public keys of one session, made of 16 random bytes that one party sends to the other.
class Session {
 public:
  enum class Purpose : std::uint64_t { kTreeLeft = 1, kTreeRight, kPads, kTables, kPoints, kCode, kVectors };

  explicit Session(const Block& seed);
  const Block& seed() const { return seed_; }
  RoundKeys keys(Purpose purpose, std::uint64_t number = 0) const;

  // out[i] = H_{first + i * stride}(in[i] ^ offset); `out` may be `in`. Of one purpose, each instance once.
  void hash(std::span<Block> out, std::span<const Block> in, const Block& offset, Purpose purpose,
            std::uint64_t first, std::uint64_t stride = 1) const;

  // Instances whose numbers agree but for this factor have one key.
  static constexpr std::uint64_t kInstancesPerKey = 1024;

 private:
  Block seed_;
  RoundKeys keys_;
};

}  // namespace sotto::ot
