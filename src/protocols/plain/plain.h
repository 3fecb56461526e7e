// The plain protocol: one party, no secrets, exact integers. It is the executable specification of fixed
// point: what every other protocol computes is defined as what this one computes (docs/numerics.md puts it in
// words).
//
// It hides nothing. Use: the reference in tests, calibration on an owner's own sample, and a single trusted
// machine.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::plain {

// One party, Model::kPlain, no rounds and no bytes.
const Table& table();

// floor(value / 2^bits + 1/2) of the signed value; exact for |value| < 2^63 - 2^(bits-1). 0 <= bits < 64.
ring::Element truncated(ring::Element value, int bits);

// value >= 0 as a number of `window` bits in two's complement: only the low `window` bits are looked at.
bool is_non_negative(ring::Element value, int window);

// `function` at `value` with its pieces shifted by `offset` in [0, 2^window): protocols shift them by a
// random offset, the row of this table by none. Any offset must give a result within the function's error
// bound.
ring::Element evaluated(const PiecewiseFunction& function, ring::Element value, std::uint64_t offset);

}  // namespace sotto::protocols::plain
