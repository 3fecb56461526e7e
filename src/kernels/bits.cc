// sign: a >= 0 as a bit, exact for |a| < 2^(window-1) in units of the last place. Rounds (rep3): 4 or fewer.
// not: the complement, local. from_bits: a bit as the number 0 or 1.0, exact. Rounds (rep3): 2.
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

void check_sign(const Call& call) {
  const Check check("sign", call, 1, 1);
  check.numeric(check.operand(0), "the operand");
  check.boolean(check.result(), "the result");
  check.shape(check.result(), check.operand(0).shape, "the result");
  check.require(check.operand(0).fraction_bits + check.operand(0).bound_bits <= check.window() - 1,
                "the window is too narrow for the operand");
  check.effort();
}

Task<Shares> run_sign(Context& context, const Call& call) {
  const Comparing how = comparing(call.attributes);
  co_return Shares{
      co_await protocols::sign(context, secret(context, call.operands[0]), how.window, how.effort)};
}

void check_not(const Call& call) {
  const Check check("not", call, 1, 1);
  check.boolean(check.operand(0), "the operand");
  check.boolean(check.result(), "the result");
  check.shape(check.result(), check.operand(0).shape, "the result");
}

Task<Shares> run_not(Context& context, const Call& call) {
  co_return Shares{protocols::complement(context, call.operands[0])};
}

void check_from_bits(const Call& call) {
  const Check check("from_bits", call, 1, 1);
  check.boolean(check.operand(0), "the operand");
  check.arithmetic(check.result(), "the result");
  check.shape(check.result(), check.operand(0).shape, "the result");
}

Task<Shares> run_from_bits(Context& context, const Call& call) {
  const ring::Element one = ring::Element{1} << call.result_types[0].fraction_bits;
  co_return Shares{co_await protocols::from_bits(context, call.operands[0], one)};
}

}  // namespace

const Kernel kSign{"sign", check_sign, run_sign};
const Kernel kNot{"not", check_not, run_not};
const Kernel kFromBits{"from_bits", check_from_bits, run_from_bits};

}  // namespace sotto::kernels
