// Products number by number: one party knows a, the other b, both get shares of a b modulo 2^64.
//
// Powers of two have no slots (crypto/lattice/slots.h), primes have. So a and b, as signed numbers, are taken
// modulo four primes t_i of 50 bits, T = t_0 t_1 t_2 t_3 > 2^199; the key's owner encrypts a modulo each,
// 8192 numbers in the slots of one ciphertext; the holder multiplies by b, subtracts uniform r_i and returns.
// By remainders the owner has u = a b + r modulo T with r uniform modulo T, and |a b| <= 2^126 is so small
// against T that u = a b + r in the integers but with probability 2^127 / T < 2^-72. Then u - r is a b modulo
// 2^64 of both shares.
//
// Security: as share.h; r modulo T is a perfect mask. Constant time.
//
// Cost, for 8192 numbers or part of them: 888,044 bytes up, 467 kB back; 2 rounds.
#pragma once

#include "protocols/context.h"
#include "protocols/he/cost.h"
#include "protocols/he/keys.h"

namespace sotto::protocols::he {

Cost slot_products_cost(std::size_t count);

// mine: a at the owner, b at the other. `ends` may be null when counting.
Task<Words> slot_products(Context& context, Ends* ends, int owner, Words mine);

}  // namespace sotto::protocols::he
