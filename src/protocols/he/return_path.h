// Which moduli a product passes through on its way back to the key's owner, from the noise it may have.
//
// Fresh ciphertexts have `fresh` primes, as few as the rest allows. Products are switched down to `packed`
// primes, at most those of switching keys, and packed; there they are masked, hidden (crypto/lattice/hide.h,
// for 2^48 numbers a session) and only then made as short as the messages need, `reply` primes. All this is
// known from shapes alone, at both parties: noise is reckoned here as the ciphertexts themselves reckon it.
#pragma once

#include <optional>

#include "crypto/lattice/ciphertext_bytes.h"
#include "crypto/lattice/noise.h"

namespace sotto::protocols::he {

struct ReturnPath {
  std::size_t fresh = 0, packed = 0, reply = 0;  // primes
  // What noise is at most: after packing; after masking, hiding and switching down.
  lattice::Noise result = {}, returned = {};
};

// product: noise at the level of fresh ciphertexts; `together`: how many are packed in one; `known`: how
// often known numbers are added. Empty where it never fits.
std::optional<ReturnPath> return_path(const lattice::MessageSpace& space, const lattice::Noise& product,
                                      std::size_t together, int summands = 1);

}  // namespace sotto::protocols::he
