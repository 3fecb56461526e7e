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

// Operands lie one after the other: for each outer index, a run of each.
Indices interleaved(const std::vector<Share>& operands, std::size_t axis) {
  Indices list;
  std::int64_t outer = 1, total = 0;
  for (std::size_t i = 0; i < axis; ++i) outer *= operands[0].shape[i];
  for (std::int64_t row = 0; row < outer; ++row) {
    std::int64_t start = 0;
    for (const Share& operand : operands) {
      const auto count = static_cast<std::int64_t>(operand.elements());
      const std::int64_t run = count / outer;
      for (std::int64_t i = 0; i < run; ++i) list.push_back(start + row * run + i);
      start += count;
    }
    total = start;
  }
  SOTTO_ASSERT(static_cast<std::int64_t>(list.size()) == total, "every element is moved once");
  return list;
}

Task<Shares> run_concatenate(Context& context, const Call& call) {
  const auto axis = static_cast<std::size_t>(integer_or(call.attributes, "axis", 0));
  co_return Shares{gathered(context, call.operands, call.result_types[0].shape,
                            [&] { return interleaved(call.operands, axis); })};
}

}  // namespace

const Kernel kConcatenate{"concatenate", check_concatenate, run_concatenate};

}  // namespace sotto::kernels
