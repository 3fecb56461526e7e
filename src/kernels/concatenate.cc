// concatenate: along one axis, of numbers or bits. Exact, local, 0 rounds.
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

constexpr std::size_t kMaximumOperands = 4096;

void check_concatenate(const Call& call) {
  const Check check("concatenate", call, 1, kMaximumOperands);
  const Shape& out = check.result().shape;
  check.require(!out.empty(), "a scalar has no axis to concatenate along");
  const auto axis =
      static_cast<std::size_t>(check.within("axis", 0, 0, static_cast<std::int64_t>(out.size()) - 1));
  std::int64_t extent = 0;
  for (const ValueType& type : call.operand_types) {
    check.require(type.kind == check.result().kind, "all operands and the result are of one kind");
    check.same_fraction(type, check.result());
    check.require(type.shape.size() == out.size(), "all operands have the result's rank");
    Shape expected = out;
    expected[axis] = type.shape[axis];
    check.shape(type, expected, "an operand");
    extent += type.shape[axis];
  }
  check.require(extent == out[axis], "the operands' extents add up to the result's");
}

Task<Shares> run_concatenate(Context& context, const Call& call) {
  co_return Shares{
      joined(context, call.operands, static_cast<std::size_t>(integer_or(call.attributes, "axis", 0)))};
}

}  // namespace

const Kernel kConcatenate{"concatenate", check_concatenate, run_concatenate};

}  // namespace sotto::kernels
