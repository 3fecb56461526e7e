// select: a where the bit is one, else b (or 0), at the result's fraction bits: b + bit * (a - b). Exact.
// Rounds (rep3): 2, 40 bytes per element.
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

void check_select(const Call& call) {
  const Check check("select", call, 2, 3);
  check.boolean(check.operand(0), "the bit");
  check.arithmetic(check.result(), "the result");
  for (std::size_t i = 0; i < call.operand_types.size(); ++i)
    check.shape(check.operand(i), check.result().shape, "an operand");
  for (std::size_t i = 1; i < call.operand_types.size(); ++i) {
    check.numeric(check.operand(i), "a choice");
    check.shifts_up(check.operand(i), check.result());
  }
}

Task<Shares> run_select(Context& context, const Call& call) {
  const auto choice = [&](std::size_t i) {
    return shifted_up(context, secret(context, call.operands[i]),
                      call.result_types[0].fraction_bits - call.operand_types[i].fraction_bits);
  };
  const bool two = call.operands.size() == 3;
  protocols::Contraction c;
  c.addends.push_back({.share = choice(1)});
  if (two) c.addends.push_back({.share = choice(2), .scale = ring::Element{0} - 1});
  c.shape = call.result_types[0].shape;
  c.then = protocols::Then::kSelect;
  c.selector = call.operands[0];
  c.selector.selector = nullptr;  // its origin is not in the plan, so the cost cannot count on it
  Shares selected = co_await protocols::contract(context, std::move(c));
  if (two) selected[0] = added(context, selected[0], choice(2));
  co_return selected;
}

}  // namespace

const Kernel kSelect{"select", check_select, run_select};

}  // namespace sotto::kernels
