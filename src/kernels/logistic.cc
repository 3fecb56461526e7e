// logistic: 1 / (1 + e^-a), and tanh(a) = 2 logistic(2 a) - 1, of any a within the operand's bound.
//
// Both are flat to within a quarter of a unit beyond some limit (14 and 7.3 at 18 fraction bits). Within it
// one lookup of polynomials, whose convergence is that of functions with poles at i pi and i pi / 2. An
// operand that may exceed the limit L is clamped before: ReLU(a + L) - ReLU(a - L) - L, both at once. With
// few rounds, only if it may exceed twice the limit: the lookup of twice the range takes twice the bytes.
//
// Error: 1 unit (truncation) + 2^-2 units; exactly as exact beyond the limit. Rounds (rep3): 3, clamped 8.
// Bytes at 18 fraction bits: 1.2 kB, over twice the range 2.3 kB, and 108 for the clamp's two ReLUs at |a| <
// 2^10.
#include <cmath>
#include <numbers>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/clamp.h"
#include "kernels/piecewise.h"

namespace sotto::kernels {
namespace {

double tanh_of(double x) { return 2 * constant_time_logistic(2 * x) - 1; }

// What distinguishes the two.
struct Curve {
  const char* name;
  double (*function)(double);
  double pole;   // the distance of the nearest poles
  double scale;  // beyond x it is flat to within scale's power: e^(-x / pole pi)
};
const Curve kCurves[2] = {{"logistic", constant_time_logistic, std::numbers::pi, 1},
                          {"tanh", tanh_of, std::numbers::pi / 2, 2}};

// In units of the operand, of which there are 16 to one at least: beyond it the function is less than a
// quarter of a unit of the result from its limit.
std::int64_t limit(const Curve& curve, const ValueType& a, int result_bits) {
  const double bits = result_bits + 2 + std::log2(curve.scale);
  const double limit = bits * std::numbers::ln2 / curve.scale;
  return static_cast<std::int64_t>(std::ceil(limit * 8)) << (a.fraction_bits - 3);
}

std::int64_t most_of(const ValueType& a) {
  return std::int64_t{1} << std::max(a.fraction_bits + a.bound_bits, 0);
}

// Finer results would take more terms than there are over twice the limit.
constexpr int kMostBitsOfTwice = 20;

bool is_clamped(const Curve& curve, const ValueType& a, int result_bits, protocols::Effort effort) {
  const bool twice = effort == protocols::Effort::kFewRounds && result_bits <= kMostBitsOfTwice;
  return most_of(a) > (twice ? 2 : 1) * limit(curve, a, result_bits);
}

// On [-most, most].
PiecewiseFunction piecewise(const Curve& curve, const ValueType& a, std::int64_t most, int result_bits) {
  Fit fit{.function = curve.function,
          .domain = {.minimum = -most, .maximum = most, .fraction_bits = a.fraction_bits},
          .terms = 1,
          .piece_bits = 1,
          .result_bits = result_bits,
          .result_bound = 1};
  choose_pieces_before_poles(fit, curve.pole, std::ldexp(1.0, -result_bits - 3));
  return fitted(curve.name, fit);
}

void check_curve(const Curve& curve, const Call& call) {
  const Check check(curve.name, call, 1, 1);
  const ValueType &a = check.operand(0), &y = check.result();
  check.numeric(a, "the operand");
  check.arithmetic(y, "the result");
  check.shape(y, a.shape, "the result");
  check.effort();
  check.require(y.fraction_bits <= 24, "the result has at most 24 fraction bits");
  check.require(a.fraction_bits >= 4 && a.fraction_bits <= 32, "the operand has 4 to 32 fraction bits");
  check.require(a.fraction_bits + a.bound_bits >= 4 && a.fraction_bits + a.bound_bits + 2 <= kMaximumBits,
                "the operand's bound leaves no room, or nothing of the operand");
}

Task<Shares> run_curve(Context& context, const Curve& curve, const Call& call) {
  const ValueType& a = call.operand_types[0];
  const int result_bits = call.result_types[0].fraction_bits;
  const protocols::Effort effort = effort_of(call.attributes);
  Share x = secret(context, call.operands[0]);
  std::int64_t most = most_of(a);
  if (is_clamped(curve, a, result_bits, effort)) {
    most = limit(curve, a, result_bits);
    x = co_await clamped(context, x, most, a.fraction_bits + a.bound_bits, effort);
  }
  const PiecewiseFunction function = piecewise(curve, a, most, result_bits);
  co_return Shares{co_await protocols::lookup(context, x, function)};
}

void check_logistic(const Call& call) { check_curve(kCurves[0], call); }
void check_tanh(const Call& call) { check_curve(kCurves[1], call); }
Task<Shares> run_logistic(Context& context, const Call& call) { return run_curve(context, kCurves[0], call); }
Task<Shares> run_tanh(Context& context, const Call& call) { return run_curve(context, kCurves[1], call); }

}  // namespace

const Kernel kLogistic{"logistic", check_logistic, run_logistic};
const Kernel kTanh{"tanh", check_tanh, run_tanh};

}  // namespace sotto::kernels
