// rsqrt: 1/sqrt(a), and sqrt: of a in [minimum, maximum].
//
// Both are 2^(+-log2(a) / 2): the logarithm by its leading digit and a narrow table, then the power by one
// product for any split of the logarithm (power.h). Values from -minimum/32 to minimum, zero among them,
// count as a value between 0.45 and 1.6 times the minimum (in plain, as the minimum): a root needs no clamp
// before it. minimum counts as the power of two below it.
//
// The attribute `precision` (6 to 18, default 8) buys accuracy with bytes. Error: relative 2^(1-precision)
// (measured for 8: 2^-7.4, mean square 2^-9.6) + 1 unit. Where the result has exactly the fraction bits that
// the product has (for the range [2^-34, 2^2] and 8: 28) there is no truncation, and 1 round and 8 + 3/8
// bytes per bit are saved. Rounds (rep3): 10, untruncated 9. Bytes: 212.5 + 8 + 3/8 per bit of the truncation
// for [2^-34, 2^2] (36 powers of two; every four powers of two cost about 12) at precision 8; see
// protocols/rep3/logarithm.h.
#include "kernels/all.h"
#include "kernels/power.h"

namespace sotto::kernels {
namespace {

constexpr std::int64_t kPrecision = 8;

Power root(int halves, const Call& call) {
  const ValueType &a = call.operand_types[0], &y = call.result_types[0];
  return {.halves = halves,
          .range = {.minimum = real(call.attributes, "minimum"),
                    .maximum = real(call.attributes, "maximum"),
                    .fraction_bits = a.fraction_bits},
          .precision = static_cast<int>(integer_or(call.attributes, "precision", kPrecision)),
          .result_bits = y.fraction_bits};
}

void check_root(const char* name, int halves, const Call& call) {
  const Check check(name, call, 1, 1);
  check.numeric(check.operand(0), "the operand");
  check.arithmetic(check.result(), "the result");
  check.shape(check.result(), check.operand(0).shape, "the result");
  check.within("precision", kPrecision, 6, 18);
  const double minimum = check.positive("minimum"), maximum = check.positive("maximum");
  check.require(minimum <= maximum && minimum >= 0x1p-62 && maximum <= 0x1p62,
                "the range [minimum, maximum] is empty or not within [2^-62, 2^62]");
  root(halves, call).check(check);
}

void check_rsqrt(const Call& call) { check_root("rsqrt", -1, call); }
void check_sqrt(const Call& call) { check_root("sqrt", 1, call); }

Task<Shares> run_rsqrt(Context& context, const Call& call) {
  co_return Shares{co_await power(context, secret(context, call.operands[0]), root(-1, call))};
}
Task<Shares> run_sqrt(Context& context, const Call& call) {
  co_return Shares{co_await power(context, secret(context, call.operands[0]), root(1, call))};
}

}  // namespace

const Kernel kRsqrt{"rsqrt", check_rsqrt, run_rsqrt};
const Kernel kSqrt{"sqrt", check_sqrt, run_sqrt};

}  // namespace sotto::kernels
