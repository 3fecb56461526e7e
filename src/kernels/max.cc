// max, argmax_one_hot: over the last axis. Exact; the first of equals wins. See maximum.h for the way.
//
// Domain: the difference of any two columns of a row is below 2^(window-1) in units of the last place.
// Rounds (rep3): max 8, argmax_one_hot 6 for 3 to 10 columns, 5 more for each halving of more than ten.
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/maximum.h"

namespace sotto::kernels {
namespace {

void check_columns(const Check& check, std::int64_t most) {
  const ValueType& a = check.operand(0);
  check.numeric(a, "the operand");
  check.comparison();
  check.require(!a.shape.empty(), "a scalar has no last axis");
  check.require(a.shape.back() >= 1 && a.shape.back() <= most, "the last axis has too many columns, or none");
  check.require(a.fraction_bits + a.bound_bits + 1 <= kMaximumBits,
                "the difference of two columns overflows");
}

void check_max(const Call& call) {
  const Check check("max", call, 1, 1);
  check_columns(check, std::int64_t{1} << 20);
  check.arithmetic(check.result(), "the result");
  check.same_fraction(check.operand(0), check.result());
  check.shape(check.result(), without_last(check.operand(0).shape), "the result");
}

Task<Shares> run_max(Context& context, const Call& call) {
  const Comparing how = comparing(call.attributes);
  co_return Shares{co_await maximum(context, secret(context, call.operands[0]), how)};
}

void check_argmax(const Call& call) {
  const Check check("argmax_one_hot", call, 1, 1);
  check_columns(check, kMostColumns);
  check.require(check.operand(0).shape.size() < kMaximumRank,
                "the operand's rank leaves no room for one axis more");
  check.boolean(check.result(), "the result");
  check.shape(check.result(), check.operand(0).shape, "the result");
}

Task<Shares> run_argmax(Context& context, const Call& call) {
  const Comparing how = comparing(call.attributes);
  co_return Shares{co_await one_hot_of_maximum(context, secret(context, call.operands[0]), how)};
}

}  // namespace

const Kernel kMax{"max", check_max, run_max};
const Kernel kArgmaxOneHot{"argmax_one_hot", check_argmax, run_argmax};

}  // namespace sotto::kernels
