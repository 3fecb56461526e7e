// A function of log2 v for v = A + B over many powers of two (the contract is Logarithm in table.h): roots,
// inverse roots, reciprocals, logarithms.
//
// Everything before the function is narrow: numbers of precision + 12 bits at most, never ring elements.
//   1. leading_digit.h: bits U_d of the prefixes of four-bit digits; opened to the pair under masks r_d of
//   the single.
//   2. Mantissa. With a window of the digits from the leading one on, modulo 2^(t+5) at t fraction bits, v_p
//   = a_p + b_p at
//      position p, m = v_0 + sum of U_d (v_d - v_(d-1)): the pair knows a_p and, of U_d = c_d ^ r_d, c_d; the
//      single deals r_d, r_d (b_d - b_(d-1)) and, once, B. (Three quarters of v are taken, so that m < 24 and
//      the window is not full.) Where v is less than its unit (the last U) a constant is added instead.
//   3. m in [0.69, 24) is opened under a mask; per element the single deals four vectors of 32 bits that say,
//   for every
//      five leading bits that the pair may see, how many of the thresholds 1.3, 3.2, 7.5, 16 are passed.
//      These bits, opened in turn, shift the mantissa into [0.62, 2.37), modulo 2, as in step 2.
//   4. That is opened under a mask; its logarithm is a polynomial by pieces (logarithm_table.h), and the
//   exponent is a sum of
//      the bits of both steps.
//   5. The logarithm is opened under a mask, which makes it an argument of a PiecewiseFunction.
// Each truncation of two-party shares to fewer bits rounds by at most a unit per share; that is counted in
// the error.
//
// Error: v is off by a relative 2^(2-precision) at most (measured, for precision 8, 2^-6.4 and in the mean
// square 2^-8.6; for 19, 2^-17.3 and 2^-20.2). Term by term for 19, of the eight units of 2^-t that this
// allows: mantissas are cut to within 2 units and shifted to within 1, which is at most 4 of a mantissa of
// 3/4; polynomials of five terms on [0.62, 0.87] and later pieces are off by 2 z^5 / 5 with z = 0.085, 2.1
// units; their four rounded coefficients 0.4, products of the basis rounded down 0.6, the logarithm's last
// bits 0.4. Security (semi-honest, one corruption): openings to the pair are masked by keys as everywhere
// (narrow_opening.h, masked_products.h); second receives vectors and numbers under a mask it does not know;
// the single receives nothing. Perfect. Cost per element for n digits, t = precision + 1, terms of
// logarithm_table.h, L whole bits of the logarithm:
//   leading_digit.h (n = 10: 41.5 bytes) + 2 n bits + 4 (n-1) + t + 5 bits + (2 n - 1) (t + 5) bits + 2 (t +
//   5) bits
//   + 16 bytes + 8 bits + 8 (t + 5) bits + 2 (t + 1) bits + 8 terms (L + 2 (t - 2)) bits (of five terms 160
//   more) + 2 (L + t + 1) bits
//   + 32 bytes and the rest of lookup.h.
// For 36 powers of two, precision 8, untruncated: 212.5 bytes, 9 rounds.
#pragma once

#include "protocols/table.h"

namespace sotto::protocols::rep3 {

Task<Share> lookup_of_logarithm(Context& context, Share value, const Logarithm& logarithm,
                                const PiecewiseFunction& function);

}  // namespace sotto::protocols::rep3
