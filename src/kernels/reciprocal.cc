// reciprocal: 1/a, and divide: a/b, of a divisor in [minimum, maximum], 2^-20 <= minimum <= maximum <= 2^20.
//
// Narrow (maximum <= 32 minimum): one lookup of polynomials around the pieces; divide then multiplies.
// Wide: e = floor(log2 x) by comparison with all powers of two at once, m = x 2^-e in [1, 2) by one product,
// 1/m by lookup, times 2^-e (divide: times a 2^-e, computed meanwhile).
//
// Error: at most 2^-17 relative + 1 unit; narrow divide: 2^-4 units more.
// Rounds (rep3): narrow 3, divide 5; wide 12, divide 12. Bytes: 1.6 kB on [1, 16], 0.9 kB on [2^-8, 2^8].
//
// The interpolation of 1/x at Chebyshev points has the least relative error of all polynomials of its degree,
// 1 / T_n(1/rho); see any text on approximation, e.g. Trefethen, ATAP, chapter 8.
#include "kernels/reciprocal.h"

#include <fmt/format.h>

#include <cmath>

#include "kernels/all.h"
#include "kernels/normalisation.h"

namespace sotto::kernels {
namespace {

constexpr double kLeast = 0x1p-20, kMost = 0x1p20;
constexpr int kExtraBits = 4;  // that a quotient's factors carry beyond the result

// 1/m for m in [1, 2) with `fraction_bits`; m's first unit below 2 is its last.
PiecewiseFunction normalised_reciprocal(int fraction_bits, int result_bits) {
  const std::int64_t one = std::int64_t{1} << fraction_bits;
  Fit fit{.function = constant_time_reciprocal,
          .domain = {.minimum = one, .maximum = 2 * one - 1, .fraction_bits = fraction_bits},
          .terms = 1,
          .piece_bits = 1,
          .result_bits = result_bits,
          .result_bound = 1};
  choose_pieces(fit, kReciprocalError);
  return fitted("reciprocal of a number in [1, 2)", fit);
}

// What the wide way needs to know. The quotient's last product is r * (a * 2^(highest - e)): r has `r_bits`
// fraction bits and is at most 1.
struct Wide {
  Normalisation normalisation;
  int r_bits, truncate_bits;
};

// `numerator_bits`: of |a| in units of its last place, a having `numerator_fraction` fraction bits.
Wide wide_of(const PositiveRange& range, int numerator_bits, int numerator_fraction, int result_bits) {
  Wide wide{.normalisation = Normalisation(range.minimum, range.maximum, range.fraction_bits),
            .r_bits = 0,
            .truncate_bits = 0};
  const int scaled_bits = numerator_bits + wide.normalisation.thresholds();
  wide.r_bits = std::min(30, 61 - scaled_bits);
  wide.truncate_bits = wide.r_bits + numerator_fraction + wide.normalisation.highest() - result_bits;
  return wide;
}

void check_wide(const Check& check, const Wide& wide) {
  check.require(wide.normalisation.normalised_bits() + 1 <= 39, "the divisor's range has more than 39 bits");
  check.require(wide.r_bits >= 20,
                "the quotient's factors overflow: narrow the numerator's bound or the range");
  check.require(wide.truncate_bits >= 0 && wide.truncate_bits <= 61,
                "the result has more fraction bits than can be computed");
}

Task<Share> multiplied_now(Context& context, Share x, Share y) { return multiplied(context, x, y, 0); }

// a / x; no numerator: 1 / x.
Task<Share> wide_quotient(Context& context, const Share* numerator, Share x, const Wide& wide) {
  const Normalisation& normalisation = wide.normalisation;
  const Share bits = co_await normalisation.bits(context, x);
  const Share scale = normalisation.scale(context, bits);
  std::vector<Task<Share>> products;
  products.push_back(multiplied_now(context, x, scale));
  if (numerator != nullptr) products.push_back(multiplied_now(context, *numerator, scale));
  const std::vector<Share> scaled = co_await when_all(std::move(products));
  const PiecewiseFunction function = normalised_reciprocal(normalisation.normalised_bits(), wide.r_bits);
  const Share r = co_await protocols::lookup(context, scaled[0], function);
  co_return co_await multiplied(context, r, numerator != nullptr ? scaled[1] : scale, wide.truncate_bits);
}

void check_reciprocal(const Call& call) {
  const Check check("reciprocal", call, 1, 1);
  const ValueType& y = check.result();
  check.numeric(check.operand(0), "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, check.operand(0).shape, "the result");
  check.require(y.shape.size() < kMaximumRank, "the operand's rank leaves no room for one axis more");
  const PositiveRange range = checked_range(check, check.operand(0));
  sotto::kernels::check_reciprocal(check, range, y.fraction_bits);
}

Task<Shares> run_reciprocal(Context& context, const Call& call) {
  const int result_bits = call.result_types[0].fraction_bits;
  const PositiveRange range = range_of(call.attributes, call.operand_types[0]);
  const Share x = secret(context, call.operands[0]);
  co_return Shares{co_await reciprocal(context, x, range, result_bits)};
}

// Fraction bits of 1/b within a narrow divide: what the product leaves room for, and no more than useful.
int narrow_bits(const PositiveRange& range, const ValueType& a, int result_bits) {
  const int bound = -std::ilogb(range.minimum);  // of 1/b
  const int useful = result_bits + kExtraBits + std::max(a.bound_bits, 0);
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
  check.require(y.shape.size() < kMaximumRank, "the operands' rank leaves no room for one axis more");
  const PositiveRange range = checked_range(check, b);
  if (range.is_narrow()) {
    const int bits = narrow_bits(range, a, y.fraction_bits);
    check.require(bits >= 18, "the quotient overflows: narrow the numerator's bound");
    check.require(bits + a.fraction_bits >= y.fraction_bits && bits + a.fraction_bits - y.fraction_bits <= 61,
                  "the result has more fraction bits than can be computed");
  } else {
    check_wide(check, wide_of(range, a.fraction_bits + a.bound_bits, a.fraction_bits, y.fraction_bits));
  }
}

Task<Shares> run_divide(Context& context, const Call& call) {
  const ValueType &a = call.operand_types[0], &y = call.result_types[0];
  const PositiveRange range = range_of(call.attributes, call.operand_types[1]);
  const Share numerator = secret(context, call.operands[0]), divisor = secret(context, call.operands[1]);
  if (!range.is_narrow()) {
    const Wide wide = wide_of(range, a.fraction_bits + a.bound_bits, a.fraction_bits, y.fraction_bits);
    co_return Shares{co_await wide_quotient(context, &numerator, divisor, wide)};
  }
  const int bits = narrow_bits(range, a, y.fraction_bits);
  const PiecewiseFunction function = narrow_reciprocal(range, bits);
  const Share inverse = co_await protocols::lookup(context, divisor, function);
  co_return Shares{
      co_await multiplied(context, numerator, inverse, bits + a.fraction_bits - y.fraction_bits)};
}

}  // namespace

Task<Share> reciprocal(Context& context, Share x, const PositiveRange& range, int result_bits) {
  if (!range.is_narrow())
    co_return co_await wide_quotient(context, nullptr, x, wide_of(range, 0, 0, result_bits));
  const PiecewiseFunction function = narrow_reciprocal(range, result_bits);
  co_return co_await protocols::lookup(context, x, function);
}

void check_reciprocal(const Check& check, const PositiveRange& range, int result_bits) {
  if (range.is_narrow()) {
    check.require(result_bits - std::ilogb(range.minimum) <= 45, "the result has too many bits");
  } else {
    check_wide(check, wide_of(range, 0, 0, result_bits));
  }
}

PiecewiseFunction narrow_reciprocal(const PositiveRange& range, int result_bits) {
  const double unit = std::ldexp(1.0, -range.fraction_bits);
  Fit fit{.function = constant_time_reciprocal,
          .domain = {.minimum = static_cast<std::int64_t>(std::floor(range.minimum / unit)),
                     .maximum = static_cast<std::int64_t>(std::ceil(range.maximum / unit)),
                     .fraction_bits = range.fraction_bits},
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
