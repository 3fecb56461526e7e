// reciprocal: 1/a, and divide: a/b, of a divisor in [minimum, maximum], 2^-20 <= minimum <= maximum <= 2^20.
//
// One lookup of polynomials around the pieces, where maximum <= 32 minimum and rounds are to be saved or
// pieces are few. Else 2^(-log2 x), the logarithm by its leading digit and a narrow table, then the power by
// one product for any split of it (power.h). divide multiplies.
//
// Error: looked up 1 unit + 2^-17 relative, divide 2^-4 units more; else 1 1/8 units + (2^-17 + 2^-20)
// relative, divide 1 1/8 units + 2^-16 relative. Rounds (rep3): looked up 3, else 10; divide 2 more. Bytes:
// looked up 1.6 kB on [1, 16], else 0.3 kB there and 0.4 kB on [2^-8, 2^8].
//
// The interpolation of 1/x at Chebyshev points has the least relative error of all polynomials of its degree,
// 1 / T_n(1/rho); see any text on approximation, e.g. Trefethen, ATAP, chapter 8.
#include "kernels/reciprocal.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "kernels/all.h"
#include "kernels/power.h"
#include "kernels/product.h"

namespace sotto::kernels {
namespace {

using protocols::Effort;

constexpr double kLeast = 0x1p-20, kMost = 0x1p20;
constexpr int kExtraBits = 4;      // that a quotient's factors carry beyond the result
constexpr int kRelativeBits = 18;  // or that the smallest 1/b has

Power inverse_of(const PositiveRange& range, int result_bits) {
  return {.halves = -2, .range = range, .precision = kFinestPrecision, .result_bits = result_bits};
}

void check_reciprocal(const Call& call) {
  const Check check("reciprocal", call, 1, 1);
  const ValueType& y = check.result();
  check.numeric(check.operand(0), "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, check.operand(0).shape, "the result");
  check.effort();
  const PositiveRange range = checked_range(check, check.operand(0));
  sotto::kernels::check_reciprocal(check, range, y.fraction_bits);
}

Task<Shares> run_reciprocal(Context& context, const Call& call) {
  const int result_bits = call.result_types[0].fraction_bits;
  const PositiveRange range = range_of(call.attributes, call.operand_types[0]);
  const Share x = secret(context, call.operands[0]);
  co_return Shares{co_await reciprocal(context, x, range, result_bits, effort_of(call.attributes))};
}

// Fraction bits of 1/b within a divide: what the product leaves room for, and no more than useful.
int inverse_bits(const PositiveRange& range, const ValueType& a, int result_bits) {
  const int bound = -std::ilogb(range.minimum);  // of 1/b
  const int useful = result_bits + kExtraBits + std::max(a.bound_bits, 0);
  if (!range.is_narrow()) return std::clamp(kRelativeBits + std::ilogb(range.maximum) + 1, 0, useful);
  return std::min({useful, 45 - bound, 61 - bound - a.fraction_bits - a.bound_bits});
}

void check_divide(const Call& call) {
  const Check check("divide", call, 2, 2);
  const ValueType &a = check.operand(0), &b = check.operand(1), &y = check.result();
  check.numeric(a, "the numerator");
  check.numeric(b, "the divisor");
  check.arithmetic(y, "the result");
  check.shape(a, y.shape, "the numerator");
  check.shape(b, y.shape, "the divisor");
  check.effort();
  const PositiveRange range = checked_range(check, b);
  const int bits = inverse_bits(range, a, y.fraction_bits), bound = 1 - std::ilogb(range.minimum);
  const bool fits = bits + bound + a.fraction_bits + a.bound_bits <= kMaximumBits;
  check.require(range.is_narrow() ? bits >= kRelativeBits : fits,
                "the quotient overflows: narrow the numerator's bound or the divisor's range");
  check.require(bits + a.fraction_bits >= y.fraction_bits && bits + a.fraction_bits - y.fraction_bits <= 61,
                "the result has more fraction bits than can be computed");
  if (!range.is_narrow()) inverse_of(range, bits).check(check);
}

Task<Shares> run_divide(Context& context, const Call& call) {
  const ValueType &a = call.operand_types[0], &y = call.result_types[0];
  const PositiveRange range = range_of(call.attributes, call.operand_types[1]);
  const Share numerator = secret(context, call.operands[0]), divisor = secret(context, call.operands[1]);
  const int bits = inverse_bits(range, a, y.fraction_bits);
  const Share inverse = co_await reciprocal(context, divisor, range, bits, effort_of(call.attributes));
  co_return Shares{
      co_await multiplied(context, numerator, inverse, bits + a.fraction_bits - y.fraction_bits)};
}

}  // namespace

bool is_looked_up(const PositiveRange& range, const PiecewiseFunction& narrow, Effort effort) {
  return range.is_narrow() &&
         (effort == Effort::kFewRounds || narrow.terms << narrow.piece_bits <= kFewWords);
}

Task<Share> reciprocal(Context& context, Share x, const PositiveRange& range, int result_bits,
                       Effort effort) {
  const Power inverse = inverse_of(range, result_bits);
  if (range.is_narrow()) {
    const PiecewiseFunction function = narrow_reciprocal(range, result_bits);
    if (is_looked_up(range, function, effort) || !inverse.fits())
      co_return co_await protocols::lookup(context, x, function);
  }
  co_return co_await power(context, x, inverse);
}

void check_reciprocal(const Check& check, const PositiveRange& range, int result_bits) {
  if (range.is_narrow()) {
    check.require(result_bits - std::ilogb(range.minimum) <= 45, "the result has too many bits");
  } else {
    inverse_of(range, result_bits).check(check);
  }
}

Domain domain_of(const PositiveRange& range) {
  const double unit = std::ldexp(1.0, -range.fraction_bits);
  return {.minimum = static_cast<std::int64_t>(std::floor(range.minimum / unit)),
          .maximum = static_cast<std::int64_t>(std::ceil(range.maximum / unit)),
          .fraction_bits = range.fraction_bits};
}

PiecewiseFunction narrow_reciprocal(const PositiveRange& range, int result_bits) {
  Fit fit{.function = constant_time_reciprocal,
          .domain = domain_of(range),
          .terms = 1,
          .piece_bits = 1,
          .result_bits = result_bits,
          .result_bound = -std::ilogb(range.minimum) + 1};
  choose_pieces(fit, kReciprocalError);
  return fitted("reciprocal", fit);
}

PositiveRange range_of(const Attributes& attributes, const ValueType& operand) {
  return {.minimum = real(attributes, "minimum"),
          .maximum = real(attributes, "maximum"),
          .fraction_bits = operand.fraction_bits};
}

PositiveRange checked_range(const Check& check, const ValueType& operand) {
  const PositiveRange range{.minimum = check.positive("minimum"),
                            .maximum = check.positive("maximum"),
                            .fraction_bits = operand.fraction_bits};
  if (range.minimum > range.maximum || range.minimum < kLeast || range.maximum > kMost)
    check.fail(fmt::format("the range [{}, {}] is not within [2^-20, 2^20]", range.minimum, range.maximum));
  check.require(std::ilogb(range.minimum) + operand.fraction_bits >= 1,
                "the minimum is below the operand's last place");
  check.require(operand.fraction_bits + std::ilogb(range.maximum) + 1 <= 36,
                "the range has more than 36 bits");
  return range;
}

const Kernel kReciprocal{"reciprocal", check_reciprocal, run_reciprocal};
const Kernel kDivide{"divide", check_divide, run_divide};

}  // namespace sotto::kernels
