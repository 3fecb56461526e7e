// One number per ciphertext out of one ciphertext: the reverse of packing, by the same automorphisms.
//
// Of a ciphertext with a(X) the n = 2^l results are the parts at exponents i, i + n, i + 2n, ..., moved down
// to multiples of n. Step by step, c becomes c + sigma(c) and X^-h (c - sigma(c)) with h = 1, 2, ..., n/2 and
// sigma: X -> X^(1 + N/h), which fixes even powers of X^h and negates odd ones: what is kept doubles, the
// rest cancels (Angel, Chen, Laine and Setty, "PIR with compressed queries", 2018, gaps kept). The ciphertext
// is multiplied by 1/n modulo Q before, as in packing: phases come out as they went in, also modulo a power
// of two. n - 1 automorphisms; noise: that of the ciphertext, and of switching, doubled at every later step.
//
// So one encrypted vector of n numbers meets a matrix by sums of its rows, however long these are: where
// packing costs an automorphism for every number that comes out, this costs one for every number that goes
// in.
#pragma once

#include <functional>
#include <span>

#include "crypto/lattice/galois.h"

namespace sotto::lattice {

// Calls use(i, ciphertext) once for every i below count, a power of two up to N, in the order of reversed
// bits; all waiting ciphertexts are l at most. packed: values, over at most the switching primes. keys: for
// packing_elements(count), in their order.
void unpack(const Context& context, std::span<const GaloisKey* const> keys, Ciphertext packed,
            std::size_t count, const std::function<void(std::size_t, Ciphertext)>& use);

// Of each result.
Noise unpacked_noise(const Context& context, const Noise& noise, std::size_t primes, std::size_t count);

}  // namespace sotto::lattice
