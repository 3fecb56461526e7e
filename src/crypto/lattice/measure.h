// The size of what residues stand for; measured with the secret key, for tests, diagnosis and approximate
// decryption. Not constant time beyond the arithmetic of doubles.
#pragma once

#include "crypto/lattice/keys.h"

namespace sotto::lattice {

// Coefficient j as the number nearest to zero with these residues, rounded to a double.
double centred_value(const Context& context, const Polynomial& x, std::size_t j);

// log2 of the largest noise of a coefficient (at least 0).
double measured_noise_bits(const SecretKey& key, const Codec& codec, const Ciphertext& ciphertext);

}  // namespace sotto::lattice
