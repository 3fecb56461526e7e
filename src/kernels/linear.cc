// add, subtract, negate, scale: exact, local. Error 0 (wraps modulo 2^64), 0 rounds, 0 bytes.
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

void check_binary(const char* name, const Call& call) {
  const Check check(name, call, 2, 2);
  check.linear_result();
  for (std::size_t i = 0; i < 2; ++i) {
    check.shape(check.operand(i), check.result().shape, "an operand");
    check.shifts_up(check.operand(i), check.result());
  }
}

Share aligned(const Context& context, const Call& call, std::size_t i) {
  return shifted_up(context, call.operands[i],
                    call.result_types[0].fraction_bits - call.operand_types[i].fraction_bits);
}

Task<Shares> run_add(Context& context, const Call& call) {
  co_return Shares{added(context, aligned(context, call, 0), aligned(context, call, 1))};
}

Task<Shares> run_subtract(Context& context, const Call& call) {
  co_return Shares{subtracted(context, aligned(context, call, 0), aligned(context, call, 1))};
}

void check_negate(const Call& call) {
  const Check check("negate", call, 1, 1);
  check.linear_result();
  check.shape(check.operand(0), check.result().shape, "the operand");
  check.shifts_up(check.operand(0), check.result());
}

Task<Shares> run_negate(Context& context, const Call& call) {
  co_return Shares{scaled(context, aligned(context, call, 0), ring::Element{0} - 1)};
}

// The factor carries whatever fraction bits the result has more than the operand.
void check_scale(const Call& call) {
  const Check check("scale", call, 1, 1);
  check.linear_result();
  check.shape(check.operand(0), check.result().shape, "the operand");
  check.shifts_up(check.operand(0), check.result());
  integer(call.attributes, "factor");
}

Task<Shares> run_scale(Context& context, const Call& call) {
  const auto factor = static_cast<ring::Element>(integer(call.attributes, "factor"));
  co_return Shares{scaled(context, call.operands[0], factor)};
}

}  // namespace

const Kernel kAdd{"add", [](const Call& call) { check_binary("add", call); }, run_add};
const Kernel kSubtract{"subtract", [](const Call& call) { check_binary("subtract", call); }, run_subtract};
const Kernel kNegate{"negate", check_negate, run_negate};
const Kernel kScale{"scale", check_scale, run_scale};

}  // namespace sotto::kernels
