// Two parties, semi-honest, no dealer: additive shares modulo 2^64 and XOR shares of bits, with oblivious
// transfer for everything that is not linear.
//
// x = x_0 + x_1 with one part at each party, uniform on its own (Goldreich, Micali, Wigderson, STOC 1987).
// One party may be corrupted: it learns nothing but what is opened to it, as long as both follow the protocol
// and the assumptions of transfers hold (computational Diffie and Hellman, learning parity with noise, AES;
// crypto/ot). Each row's file states mathematics, argument, paper and cost; the transfers' own bytes are part
// of each operation's (supply.h). In the order of reading: session.h, supply.h, bit_products.h,
// random_bits.h, carry_chain.h, conjunction.h, comparison.h, truncation.h, selection.h, word_products.h,
// product_choice.h, products.h, then the rows.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::duo {

// Two parties, Model::kSemiHonest.
const Table& table();

}  // namespace sotto::protocols::duo
