// exp: e^a for |a| < 2^bound of the operand's type, by one lookup of one coefficient per piece.
//
// e^x = e^base * e^low for any split x = base + low, so the dealer's table holds e^base and the rest
// multiplies by e^low: no range reduction, no polynomial in shares. Very negative arguments give exactly 0.
//
// Two implementations. Few rounds: the lookup of e^a, in up to 64 pieces. Few bytes, where that saves eight
// pieces or more: the lookup of e^(a/2) in a fraction of the pieces, and its square.
//
// Domain: fraction + bound of the operand at most 37; results below 2^bound of the result's type.
// Error: less than 1 unit (truncation) + 2^-3 units where the result's fraction + bound <= 24; larger results
// share the bits there are: (e^x + 1) 2^-18 for results below 2^24 at 18 fraction bits, of few bytes twice
// that (docs/numerics.md).
// Rounds (rep3): 3, of few bytes 5. Bytes: 8 * 2^piece_bits + 24 + 3/8 per bit of the truncation; a square 24
// + 3/8 per bit of its own more. For |x| < 16, results below 2^24 at 18 fraction bits: 287, of few bytes 98.
// Idea: the table of 2^x around a random mask, as in Boyle et al. (EUROCRYPT 2021) and Grotto (CCS 2023),
// there with function secret sharing.
#include <cmath>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"
#include "kernels/piecewise.h"
#include "kernels/product.h"

namespace sotto::kernels {
namespace {

Domain domain_of(const ValueType& type) {
  const int bits = std::max(type.fraction_bits + type.bound_bits, 0);
  const std::int64_t most = std::int64_t{1} << bits;
  return {.minimum = -most, .maximum = most, .fraction_bits = type.fraction_bits};
}

constexpr double kMostError = 0x1p-8;  // at x = 0

bool is_accurate(const ExponentialError& error) { return error.absolute + error.relative <= kMostError; }

// The implementation of few bytes, where it is asked for and is one of its own.
std::optional<SquaredExponential> square_for(const Call& call) {
  const auto effort = static_cast<protocols::Effort>(integer_or(call.attributes, "effort", 0));
  if (effort == protocols::Effort::kFewRounds) return std::nullopt;
  const ValueType& y = call.result_types[0];
  auto square = squared_exponential(domain_of(call.operand_types[0]), y.fraction_bits, y.bound_bits);
  return square && is_accurate(square->error) ? square : std::nullopt;
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
  check.effort();
  check.require(is_accurate(exponential_error(domain_of(a), y.fraction_bits, y.bound_bits)),
                "no precision is left for such large results");
}

Task<Shares> run_exp(Context& context, const Call& call) {
  const ValueType& y = call.result_types[0];
  const Share x = secret(context, call.operands[0]);
  if (const auto square = square_for(call)) {
    const Share root = co_await protocols::lookup(context, x, square->root);
    co_return Shares{co_await multiplied(context, root, root, square->truncate_bits)};
  }
  const PiecewiseFunction function =
      exponential(domain_of(call.operand_types[0]), y.fraction_bits, y.bound_bits);
  co_return Shares{co_await protocols::lookup(context, x, function)};
}

}  // namespace

const Kernel kExp{"exp", check_exp, run_exp};

}  // namespace sotto::kernels
