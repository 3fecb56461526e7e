// exp: e^a for |a| < 2^bound of the operand's type, by one lookup of one coefficient per piece.
//
// e^x = e^base * e^low for any split x = base + low, so the dealer's table holds e^base and the rest
// multiplies by e^low: no range reduction, no polynomial in shares. Very negative arguments give exactly 0.
//
// Domain: fraction + bound of the operand at most 37; results below 2^bound of the result's type.
// Error: less than 1 unit (truncation) + 2^-3 units where the result's fraction + bound <= 24; larger results
// share the bits there are: (e^x + 1) 2^-18 for results below 2^24 at 18 fraction bits (docs/numerics.md).
// Rounds (rep3): 3. Bytes: 8 * 2^piece_bits + 24 + 3/8 per bit of the truncation.
// Idea: the table of 2^x around a random mask, as in Boyle et al. (EUROCRYPT 2021) and Grotto (CCS 2023),
// there with function secret sharing.
#include <cmath>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"

namespace sotto::kernels {
namespace {

Domain domain_of(const ValueType& type) {
  const int bits = std::max(type.fraction_bits + type.bound_bits, 0);
  const std::int64_t most = std::int64_t{1} << bits;
  return {.minimum = -most, .maximum = most, .fraction_bits = type.fraction_bits};
}

void check_exp(const Call& call) {
  const Check check("exp", call, 1, 1);
  const ValueType &a = check.operand(0), &y = check.result();
  check.numeric(a, "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, a.shape, "the result");
  check.require(a.fraction_bits + a.bound_bits <= 37,
                "the operand's range is wider than 2^38 units: narrow its bound");
  check.require(y.fraction_bits + std::max(y.bound_bits, 0) <= 52,
                "the result has too many bits: narrow its bound, or use fewer fraction bits");
  const auto error = exponential_error(domain_of(a), y.fraction_bits, y.bound_bits);
  check.require(error.absolute + error.relative <= 0x1p-8, "no precision is left for such large results");
}

Task<Shares> run_exp(Context& context, const Call& call) {
  const ValueType& y = call.result_types[0];
  const PiecewiseFunction function =
      exponential(domain_of(call.operand_types[0]), y.fraction_bits, y.bound_bits);
  co_return Shares{co_await protocols::lookup(context, secret(context, call.operands[0]), function)};
}

}  // namespace

const Kernel kExp{"exp", check_exp, run_exp};

}  // namespace sotto::kernels
