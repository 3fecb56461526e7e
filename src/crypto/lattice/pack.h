// Many results in few ciphertexts: interleaving by automorphisms.
//
// n = 2^l ciphertexts, of which only the coefficients at multiples of n matter, become one: its coefficient j
// n
// + i is coefficient j n of ciphertext i. Step by step, (E + X^h O) + sigma(E - X^h O) with h = n/2, n/4,
// ..., 1 and sigma: X -> X^(1 + N/h), which fixes powers of X^(2h) and negates odd powers of X^h: what
// matters of both doubles, and what would stand in its place cancels (Chen, Dai, Kim and Song 2021, with
// gaps). Ciphertexts are multiplied by 1/n modulo Q before: phases are numbers modulo Q, and come out as they
// went in. n - 1 automorphisms with l keys; noise: that of the results, and of switching, doubled at every
// later step.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "crypto/lattice/galois.h"

namespace sotto::lattice {

// The automorphisms that packing `count` ciphertexts needs, in the order in which pack() takes their keys.
std::vector<std::uint32_t> packing_elements(std::size_t degree, std::size_t count);

// ciphertexts: a power of two of them, at most N, of one level, in values. keys: for packing_elements().
Ciphertext pack(const Context& context, std::span<const GaloisKey* const> keys,
                std::vector<Ciphertext> ciphertexts);

}  // namespace sotto::lattice
