// Arithmetic on ciphertexts: sums, products with polynomials known in the clear, smaller moduli.
//
// All are linear, so everything holds modulo the message's t: a product with integer coefficients w turns Q m
// / t into Q (m w) / t plus a multiple of Q. Noise is tracked in the ciphertext; check_room refuses one that
// the key's owner could misread. Forms (coefficients or values) of operands must agree; products are of
// values.
#pragma once

#include <span>
#include <vector>

#include "crypto/lattice/keys.h"

namespace sotto::lattice {

// A polynomial with integer coefficients known in the clear, as values in Montgomery form.
struct Plaintext {
  Polynomial values;
  double largest = 0, count = 0;  // no coefficient is larger, no more than `count` are not zero
};

// coefficients: one per power of X. `largest` and `count` bound them publicly: noise is reckoned by them.
Plaintext make_plaintext(const Context& context, std::size_t primes,
                         std::span<const std::int64_t> coefficients, double largest, std::size_t count);

// A row of plaintexts, one per ciphertext.
using PlaintextRow = std::span<const Plaintext* const>;

// For every row the sum of ciphertexts times its plaintexts: two half products per word and term, one
// reduction per word. At least one term; a plaintext may cover more primes than the ciphertexts. Blocks of
// the ciphertexts stay in cache while all rows pass, so that only plaintexts come from memory.
std::vector<Ciphertext> product_sums(const Context& context, std::span<const Ciphertext* const> ciphertexts,
                                     std::span<const PlaintextRow> rows);
// Of one row.
Ciphertext product_sum(const Context& context, std::span<const Ciphertext* const> ciphertexts,
                       PlaintextRow plaintexts);

void add(const Context& context, Ciphertext& sum, const Ciphertext& term);
void subtract(const Context& context, Ciphertext& difference, const Ciphertext& term);
// Messages at the codec's level, one per coefficient.
void add_messages(const Codec& codec, Ciphertext& ciphertext, std::span<const Word> messages);

void to_values(const Context& context, Ciphertext& ciphertext);
void to_coefficients(const Context& context, Ciphertext& ciphertext);

// To the product of the first `primes` primes, rounding: noise shrinks with the modulus, down to that of the
// rounding, sqrt(N)/2.
void switch_modulus(const Context& context, Ciphertext& ciphertext, std::size_t primes);
// What that makes of the noise of a ciphertext over `from` primes.
Noise switched_noise(const Context& context, Noise noise, std::size_t from, std::size_t primes);

// Throws ErrorKind::kUsage if the noise may reach the codec's room.
void check_room(const Codec& codec, const Noise& noise);
void check_room(const Codec& codec, const Ciphertext& ciphertext);

// x = round(x / p) modulo every prime of `primes`, p being the modulus of `last` (x's last residue); x's
// other residues in the form given, the last one as coefficients. The last residue is dropped.
void divide_by_last(const Context& context, Polynomial& x, std::size_t last, Form form);

}  // namespace sotto::lattice
