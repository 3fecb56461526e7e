// reshape, transpose, broadcast, slice, reverse, pad: elements move, nothing is computed. Of numbers or bits;
// exact, local, 0 rounds.
#include <algorithm>

#include "base/bits.h"
#include "kernels/all.h"
#include "kernels/check.h"
#include "kernels/local.h"

namespace sotto::kernels {
namespace {

// What all moves have in common.
Check check_move(const char* name, const Call& call) {
  Check check(name, call, 1, 1);
  check.require(check.operand(0).kind == check.result().kind, "the operand's kind is the result's");
  check.same_fraction(check.operand(0), check.result());
  return check;
}

void check_reshape(const Call& call) {
  const Check check = check_move("reshape", call);
  check.require(element_count(check.operand(0).shape) == element_count(check.result().shape),
                "the number of elements must not change");
}

Task<Shares> run_reshape(Context&, const Call& call) {
  co_return Shares{call.operands[0].reshaped(call.result_types[0].shape)};
}

void check_transpose(const Call& call) {
  const Check check = check_move("transpose", call);
  const Shape& shape = check.operand(0).shape;
  const auto permutation = check.axes("permutation", shape.size());
  check.require(permutation.size() == shape.size(), "the permutation lists every axis once");
  Shape moved;
  for (std::int64_t axis : permutation) moved.push_back(shape[static_cast<std::size_t>(axis)]);
  check.shape(check.result(), moved, "the result");
}

Task<Shares> run_transpose(Context& context, const Call& call) {
  const auto strides = dense_strides(call.operands[0].shape);
  Layout view{.shape = call.result_types[0].shape, .strides = {}};
  for (std::int64_t axis : integers(call.attributes, "permutation"))
    view.strides.push_back(strides[static_cast<std::size_t>(axis)]);
  co_return Shares{viewed(context, call.operands[0], view)};
}

void check_broadcast(const Call& call) {
  const Check check = check_move("broadcast", call);
  const Shape& from = check.operand(0).shape;
  const Shape& to = check.result().shape;
  const auto dimensions = check.axes("dimensions", to.size());
  check.require(dimensions.size() == from.size(), "dimensions maps every axis of the operand");
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    check.require(from[axis] == 1 || from[axis] == to[static_cast<std::size_t>(dimensions[axis])],
                  "an axis of the operand has extent 1 or that of the result");
}

Task<Shares> run_broadcast(Context& context, const Call& call) {
  const Shape& from = call.operands[0].shape;
  const auto strides = dense_strides(from);
  const auto dimensions = integers(call.attributes, "dimensions");
  const Shape& to = call.result_types[0].shape;
  Layout view{.shape = to, .strides = std::vector<std::int64_t>(to.size(), 0)};
  for (std::size_t axis = 0; axis < from.size(); ++axis)
    if (from[axis] != 1) view.strides[static_cast<std::size_t>(dimensions[axis])] = strides[axis];
  co_return Shares{viewed(context, call.operands[0], view)};
}

void check_slice(const Call& call) {
  const Check check = check_move("slice", call);
  const Shape& shape = check.operand(0).shape;
  const auto start = integers(call.attributes, "start"), limit = integers(call.attributes, "limit"),
             stride = integers(call.attributes, "stride");
  check.require(start.size() == shape.size() && limit.size() == shape.size() && stride.size() == shape.size(),
                "start, limit and stride have one entry per axis");
  Shape sliced;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    check.require(start[axis] >= 0 && start[axis] <= limit[axis] && limit[axis] <= shape[axis],
                  "0 <= start <= limit <= extent on every axis");
    check.require(stride[axis] >= 1, "strides are positive");
    const std::int64_t length = limit[axis] - start[axis];
    sliced.push_back(length / stride[axis] + (length % stride[axis] != 0 ? 1 : 0));
  }
  check.shape(check.result(), sliced, "the result");
}

Task<Shares> run_slice(Context& context, const Call& call) {
  const auto strides = dense_strides(call.operands[0].shape);
  const auto start = integers(call.attributes, "start"), stride = integers(call.attributes, "stride");
  Layout view{.shape = call.result_types[0].shape, .strides = {}};
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    view.offset += start[axis] * strides[axis];
    // A stride beyond the extent picks one element: its product could overflow, and is multiplied by 0 only.
    view.strides.push_back(std::min(stride[axis], call.operands[0].shape[axis]) * strides[axis]);
  }
  co_return Shares{viewed(context, call.operands[0], view)};
}

void check_reverse(const Call& call) {
  const Check check = check_move("reverse", call);
  check.axes("axes", check.operand(0).shape.size());
  check.shape(check.result(), check.operand(0).shape, "the result");
}

Task<Shares> run_reverse(Context& context, const Call& call) {
  const Shape& shape = call.operands[0].shape;
  Layout view = Layout::dense(shape);
  for (std::int64_t number : integers(call.attributes, "axes")) {
    const auto axis = static_cast<std::size_t>(number);
    view.offset += (shape[axis] - 1) * view.strides[axis];
    view.strides[axis] = -view.strides[axis];
  }
  co_return Shares{viewed(context, call.operands[0], view)};
}

// Zeros before, after and between the elements of each axis; negative ones cut off.
struct Padding {
  std::vector<std::int64_t> low, high, interior;
  explicit Padding(const Attributes& attributes)
      : low(integers(attributes, "low")),
        high(integers(attributes, "high")),
        interior(integers(attributes, "interior")) {}
};

void check_pad(const Call& call) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50;
  const Check check = check_move("pad", call);
  const Shape& shape = check.operand(0).shape;
  const Padding padding(call.attributes);
  check.require(padding.low.size() == shape.size() && padding.high.size() == shape.size() &&
                    padding.interior.size() == shape.size(),
                "low, high and interior have one entry per axis");
  Shape padded;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    const std::int64_t low = padding.low[axis], high = padding.high[axis], between = padding.interior[axis];
    check.require(between >= 0, "interior padding is not negative");
    check.require(std::max(low, high) <= kMost && std::min(low, high) >= -kMost &&
                      between <= kMost / std::max<std::int64_t>(shape[axis], 1),
                  "the padding is beyond 2^50");
    const std::int64_t gaps = std::max<std::int64_t>(shape[axis] - 1, 0);
    padded.push_back(low + shape[axis] + gaps * between + high);
    check.require(padded.back() >= 0, "more is cut off than there is");
  }
  check.shape(check.result(), padded, "the result");
}

// The elements that are kept, and where they go in the result.
struct Kept {
  Layout from, to;

  Kept(const Shape& operand, const Shape& result, const Padding& padding)
      : from{.shape = {}, .strides = dense_strides(operand)},
        to{.shape = {}, .strides = dense_strides(result)} {
    for (std::size_t axis = 0; axis < operand.size(); ++axis) {
      const std::int64_t low = padding.low[axis], step = padding.interior[axis] + 1;
      // Element i goes to low + i * step, which lies within [0, extent of the result).
      const std::int64_t begin = low >= 0 ? 0 : (step - 1 - low) / step;
      const std::int64_t room = result[axis] - low;
      const std::int64_t end = std::min(room <= 0 ? 0 : (room - 1) / step + 1, operand[axis]);
      from.shape.push_back(std::max<std::int64_t>(end - begin, 0));
      if (begin >= end) continue;
      from.offset += begin * from.strides[axis];
      to.offset += (low + begin * step) * to.strides[axis];
      to.strides[axis] *= step;
    }
    to.shape = from.shape;
  }
};

Share zeros(const Context& context, Kind kind, const Shape& shape) {
  const auto count = static_cast<std::size_t>(element_count(shape));
  Words words = Words::zeros(kind == Kind::kBoolean ? bits::words_for(count) : count);
  if (kind != Kind::kPublic) return protocols::constant(context, std::move(words), kind, shape);
  return {.kind = kind, .shape = shape, .parts = {std::move(words), Words()}, .selector = nullptr};
}

Task<Shares> run_pad(Context& context, const Call& call) {
  const Share& operand = call.operands[0];
  const Shape& shape = call.result_types[0].shape;
  const Kept kept(operand.shape, shape, Padding(call.attributes));
  if (element_count(kept.from.shape) == 0) co_return Shares{zeros(context, operand.kind, shape)};
  const Share inside = kept.from.shape == operand.shape ? operand : viewed(context, operand, kept.from);
  co_return Shares{mapped(context, inside, shape, [&](auto out, auto in) {
    std::ranges::fill(out, 0);
    const ring::Element* from = in.data();
    for_each_run(kept.to, [&](std::int64_t offset, std::int64_t count, std::int64_t stride) {
      for (std::int64_t i = 0; i < count; ++i) out[static_cast<std::size_t>(offset + i * stride)] = *from++;
    });
  })};
}

}  // namespace

const Kernel kReshape{"reshape", check_reshape, run_reshape};
const Kernel kTranspose{"transpose", check_transpose, run_transpose};
const Kernel kBroadcast{"broadcast", check_broadcast, run_broadcast};
const Kernel kSlice{"slice", check_slice, run_slice};
const Kernel kReverse{"reverse", check_reverse, run_reverse};
const Kernel kPad{"pad", check_pad, run_pad};

}  // namespace sotto::kernels
