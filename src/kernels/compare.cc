// compare: a GE, GT, LE, LT, EQ or NE b as a bit, exact for |a - b| < 2^(window-1) in units of the last
// place.
//
// GE is the sign of a - b; the others are its complement or its converse; EQ is the AND of both.
// Rounds (rep3): those of sign (4), for EQ and NE 2 more and twice the bytes.
#include <algorithm>

#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

void check_compare(const Call& call) {
  const Check check("compare", call, 2, 2);
  check.boolean(check.result(), "the result");
  for (std::size_t i = 0; i < 2; ++i) {
    check.numeric(check.operand(i), "an operand");
    check.shape(check.operand(i), check.result().shape, "an operand");
  }
  const std::string& direction = text(call.attributes, "direction");
  const char* known[] = {"GE", "GT", "LE", "LT", "EQ", "NE"};
  check.require(std::find(std::begin(known), std::end(known), direction) != std::end(known),
                "direction is GE, GT, LE, LT, EQ or NE");
  check.comparison();
  const int bound = std::max(check.operand(0).bound_bits, check.operand(1).bound_bits);
  const int fraction = std::max(check.operand(0).fraction_bits, check.operand(1).fraction_bits);
  check.require(fraction + bound + 1 <= kMaximumBits, "the difference of the operands overflows");
}

Share difference(const Context& context, const Call& call, std::size_t from, std::size_t what) {
  const int fraction = std::max(call.operand_types[0].fraction_bits, call.operand_types[1].fraction_bits);
  const auto aligned = [&](std::size_t i) {
    return shifted_up(context, secret(context, call.operands[i]),
                      fraction - call.operand_types[i].fraction_bits);
  };
  return subtracted(context, aligned(from), aligned(what));
}

Task<Share> equal(Context& context, const Share& forth, Comparing how) {
  const Share back = scaled(context, forth, ring::Element{0} - 1);
  Shape column = forth.shape;
  column.push_back(1);
  const Share both = joined(context, {forth.reshaped(column), back.reshaped(column)}, forth.shape.size());
  co_return co_await protocols::all_of_last_axis(
      context, co_await protocols::sign(context, both, how.window, how.effort));
}

Task<Shares> run_compare(Context& context, const Call& call) {
  const std::string& direction = text(call.attributes, "direction");
  const Comparing how = comparing(call.attributes);
  const bool converse = direction == "LE" || direction == "GT";
  const Share d = difference(context, call, converse ? 1 : 0, converse ? 0 : 1);
  Share bit = direction == "EQ" || direction == "NE"
                  ? co_await equal(context, d, how)
                  : co_await protocols::sign(context, d, how.window, how.effort);
  if (direction == "GT" || direction == "LT" || direction == "NE") bit = protocols::complement(context, bit);
  co_return Shares{bit};
}

}  // namespace

const Kernel kCompare{"compare", check_compare, run_compare};

}  // namespace sotto::kernels
