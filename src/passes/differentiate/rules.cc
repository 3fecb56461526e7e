// The rule of each operation.
#include "llvm/ADT/TypeSwitch.h"
#include "passes/differentiate/windows.h"

namespace sotto::passes {
namespace {

using mlir::Value;

// What a rule works with: the operation's result gradient and short names for what rules build.
struct Rule {
  mlir::OpBuilder& builder;
  mlir::Location location;
  Value gradient;
  AddGradient add;

  Value multiply(Value a, Value b) const { return builder.create<hlo::MultiplyOp>(location, a, b); }
  Value divide(Value a, Value b) const { return builder.create<hlo::DivideOp>(location, a, b); }
  Value subtract(Value a, Value b) const { return builder.create<hlo::SubtractOp>(location, a, b); }
  Value negate(Value a) const { return builder.create<hlo::NegateOp>(location, a); }
  Value constant(Value like, double value) const { return splat(builder, location, like.getType(), value); }
  Value add_constant(Value a, double value) const {
    return builder.create<hlo::AddOp>(location, a, constant(a, value));
  }
  Value compare(Value a, Value b, hlo::ComparisonDirection direction) const {
    return builder.create<hlo::CompareOp>(location, a, b, direction);
  }
  Value select(Value bit, Value a, Value b) const {
    return builder.create<hlo::SelectOp>(location, a.getType(), bit, a, b);
  }
  Value where(Value bit, Value a) const { return select(bit, a, constant(a, 0)); }
  Value where_not(Value bit, Value a) const { return select(bit, constant(a, 0), a); }
  Value transpose(Value a, llvm::ArrayRef<int64_t> permutation) const {
    if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()))) return a;
    return builder.create<hlo::TransposeOp>(location, a, permutation);
  }
  Value reshape(Value a, Value like) const {
    return builder.create<hlo::ReshapeOp>(location, like.getType(), a);
  }

  mlir::LogicalResult binary(Value a, Value da, Value b, Value db) const {
    add(a, da);
    add(b, db);
    return mlir::success();
  }
  mlir::LogicalResult give(Value operand, Value value) const {
    add(operand, value);
    return mlir::success();
  }

  // The larger (or smaller) of two: everything goes to the one that was chosen.
  mlir::LogicalResult choose(Value a, Value b, hlo::ComparisonDirection direction) const {
    const Value first = compare(a, b, direction);
    return binary(a, where(first, gradient), b, where_not(first, gradient));
  }

  mlir::LogicalResult broadcast_rule(hlo::BroadcastInDimOp op) const {
    auto kept = llvm::to_vector(op.getBroadcastDimensions());
    // A unit dimension that was stretched is summed like a new one, then put back by the reshape.
    llvm::erase_if(kept, [&](int64_t dimension) {
      const auto position =
          llvm::find(op.getBroadcastDimensions(), dimension) - op.getBroadcastDimensions().begin();
      return shape_of(op.getOperand())[position] != shape_of(op)[dimension];
    });
    Value sum = reduce_sum(builder, location, gradient, dimensions_without(shape_of(op).size(), kept));
    if (!llvm::is_sorted(kept)) {
      llvm::SmallVector<int64_t> order(kept.size()), sorted(kept);
      llvm::sort(sorted);
      for (auto [position, dimension] : llvm::enumerate(kept))
        order[position] = llvm::find(sorted, dimension) - sorted.begin();
      sum = transpose(sum, order);
    }
    return give(op.getOperand(),
                sum.getType() == op.getOperand().getType() ? sum : reshape(sum, op.getOperand()));
  }

  mlir::LogicalResult reduce_rule(hlo::ReduceOp op) const {
    if (op.getInputs().size() != 1) return mlir::failure();
    const Value input = op.getInputs().front();
    const auto kept = dimensions_without(shape_of(input).size(), op.getDimensions());
    const Value spread = broadcast(builder, location, gradient, shape_of(input), kept);
    if (is_reduction(op, "stablehlo.add")) return give(input, spread);
    if (!is_reduction(op, "stablehlo.maximum")) return mlir::failure();
    const Value maximum = broadcast(builder, location, op.getResult(0), shape_of(input), kept);
    return give(input, where(compare(input, maximum, hlo::ComparisonDirection::EQ), spread));
  }

  mlir::LogicalResult dot_rule(hlo::DotGeneralOp op) const {
    const auto numbers = op.getDotDimensionNumbers();
    const auto lhs_batch = numbers.getLhsBatchingDimensions(), rhs_batch = numbers.getRhsBatchingDimensions();
    const auto lhs_sum = numbers.getLhsContractingDimensions(),
               rhs_sum = numbers.getRhsContractingDimensions();
    auto free_of = [](Value value, llvm::ArrayRef<int64_t> batch, llvm::ArrayRef<int64_t> sum) {
      auto taken = llvm::to_vector(batch);
      taken.append(sum.begin(), sum.end());
      return dimensions_without(shape_of(value).size(), taken);
    };
    const auto lhs_free = free_of(op.getLhs(), lhs_batch, lhs_sum),
               rhs_free = free_of(op.getRhs(), rhs_batch, rhs_sum);
    const int64_t batches = lhs_batch.size(), rows = lhs_free.size(), columns = rhs_free.size();
    const auto batch_dims = llvm::to_vector(llvm::seq<int64_t>(0, batches));
    const auto row_dims = llvm::to_vector(llvm::seq<int64_t>(batches, batches + rows));
    const auto column_dims = llvm::to_vector(llvm::seq<int64_t>(batches + rows, batches + rows + columns));

    const Value lhs = builder.create<hlo::DotGeneralOp>(location, gradient, op.getRhs(), column_dims,
                                                        rhs_free, batch_dims, rhs_batch);
    llvm::SmallVector<int64_t> order(shape_of(op.getLhs()).size());
    auto place = [&](llvm::ArrayRef<int64_t> dimensions, int64_t start) {
      for (auto [i, dimension] : llvm::enumerate(dimensions)) order[dimension] = start + i;
    };
    // Summed dimensions stay in the order in which the other operand has them.
    auto place_summed = [&](llvm::ArrayRef<int64_t> mine, llvm::ArrayRef<int64_t> others, int64_t start) {
      for (auto [dimension, other] : llvm::zip(mine, others))
        order[dimension] = start + llvm::count_if(others, [other = other](int64_t o) { return o < other; });
    };
    place(lhs_batch, 0), place(lhs_free, batches), place_summed(lhs_sum, rhs_sum, batches + rows);
    add(op.getLhs(), transpose(lhs, order));

    const Value rhs = builder.create<hlo::DotGeneralOp>(location, op.getLhs(), gradient, lhs_free, row_dims,
                                                        lhs_batch, batch_dims);
    order.assign(shape_of(op.getRhs()).size(), 0);
    place(rhs_batch, 0), place_summed(rhs_sum, lhs_sum, batches);
    place(rhs_free, batches + static_cast<int64_t>(rhs_sum.size()));
    return give(op.getRhs(), transpose(rhs, order));
  }

  // x^c gives c x^(c-1), where a square is a product; an exponent that is no constant gets its part too.
  mlir::LogicalResult power_rule(hlo::PowerOp op) const {
    const Value x = op.getLhs(), exponent = op.getRhs(), y = op;
    const auto constant_exponent = splat_value(exponent);
    const Value less =
        constant_exponent ? constant(exponent, *constant_exponent - 1) : add_constant(exponent, -1);
    const Value lowered =
        constant_exponent == 2.0 ? x : builder.create<hlo::PowerOp>(location, x, less).getResult();
    add(x, multiply(gradient, multiply(exponent, lowered)));
    if (constant_exponent) return mlir::success();
    return give(exponent, multiply(gradient, multiply(y, builder.create<hlo::LogOp>(location, x))));
  }

  mlir::LogicalResult transpose_rule(hlo::TransposeOp op) const {
    llvm::SmallVector<int64_t> inverse(op.getPermutation().size());
    for (auto [to, from] : llvm::enumerate(op.getPermutation())) inverse[from] = to;
    return give(op.getOperand(), transpose(gradient, inverse));
  }

  mlir::LogicalResult slice_rule(hlo::SliceOp op) const {
    llvm::SmallVector<int64_t> high, interior;
    for (auto [i, extent] : llvm::enumerate(shape_of(op.getOperand()))) {
      const int64_t count = shape_of(op)[i], stride = op.getStrides()[i];
      interior.push_back(stride - 1);
      high.push_back(extent - op.getStartIndices()[i] - (count == 0 ? 0 : (count - 1) * stride + 1));
    }
    const Value zero = splat(builder, location, tensor_type(gradient).clone(llvm::ArrayRef<int64_t>()), 0);
    return give(op.getOperand(), builder.create<hlo::PadOp>(location, op.getOperand().getType(), gradient,
                                                            zero, op.getStartIndices(), high, interior));
  }

  mlir::LogicalResult concatenate_rule(hlo::ConcatenateOp op) const {
    const auto axis = op.getDimension();
    llvm::SmallVector<int64_t> start(shape_of(op).size(), 0), limit(shape_of(op)), stride(start.size(), 1);
    for (Value input : op.getInputs()) {
      limit[axis] = start[axis] + shape_of(input)[axis];
      add(input, builder.create<hlo::SliceOp>(location, input.getType(), gradient, start, limit, stride));
      start[axis] = limit[axis];
    }
    return mlir::success();
  }
};

}  // namespace

namespace {

// Operations on each element by itself; y is the result.
mlir::LogicalResult arithmetic_rule(const Rule& rule, mlir::Operation* op) {
  const Value y = op->getResult(0), gradient = rule.gradient;
  return llvm::TypeSwitch<mlir::Operation*, mlir::LogicalResult>(op)
      .Case([&](hlo::AddOp o) { return rule.binary(o.getLhs(), gradient, o.getRhs(), gradient); })
      .Case([&](hlo::SubtractOp o) {
        return rule.binary(o.getLhs(), gradient, o.getRhs(), rule.negate(gradient));
      })
      .Case([&](hlo::MultiplyOp o) {
        const Value a = o.getLhs(), b = o.getRhs();
        return rule.binary(a, rule.multiply(gradient, b), b, rule.multiply(gradient, a));
      })
      .Case([&](hlo::DivideOp o) {
        const Value a = rule.divide(gradient, o.getRhs());
        return rule.binary(o.getLhs(), a, o.getRhs(), rule.negate(rule.multiply(a, y)));
      })
      .Case(
          [&](hlo::MaximumOp o) { return rule.choose(o.getLhs(), o.getRhs(), hlo::ComparisonDirection::GE); })
      .Case(
          [&](hlo::MinimumOp o) { return rule.choose(o.getLhs(), o.getRhs(), hlo::ComparisonDirection::LE); })
      .Case([&](hlo::NegateOp o) { return rule.give(o.getOperand(), rule.negate(gradient)); })
      .Default([](mlir::Operation*) { return mlir::failure(); });
}

// Functions of one number, and powers.
mlir::LogicalResult function_rule(const Rule& rule, mlir::Operation* op) {
  const Value y = op->getResult(0), gradient = rule.gradient;
  return llvm::TypeSwitch<mlir::Operation*, mlir::LogicalResult>(op)
      .Case([&](hlo::ExponentialOp o) { return rule.give(o.getOperand(), rule.multiply(gradient, y)); })
      .Case([&](hlo::LogOp o) { return rule.give(o.getOperand(), rule.divide(gradient, o.getOperand())); })
      .Case([&](hlo::LogisticOp o) {
        const Value slope = rule.multiply(y, rule.subtract(rule.constant(y, 1), y));
        return rule.give(o.getOperand(), rule.multiply(gradient, slope));
      })
      .Case([&](hlo::TanhOp o) {
        const Value slope = rule.subtract(rule.constant(y, 1), rule.multiply(y, y));
        return rule.give(o.getOperand(), rule.multiply(gradient, slope));
      })
      .Case([&](hlo::ExponentialMinusOneOp o) {
        return rule.give(o.getOperand(), rule.multiply(gradient, rule.add_constant(y, 1)));
      })
      .Case([&](hlo::LogPlusOneOp o) {
        return rule.give(o.getOperand(), rule.divide(gradient, rule.add_constant(o.getOperand(), 1)));
      })
      .Case([&](hlo::SqrtOp o) {
        const Value half = rule.multiply(gradient, rule.constant(y, 0.5));
        return rule.give(o.getOperand(), rule.divide(half, y));
      })
      .Case([&](hlo::RsqrtOp o) {
        // -y^3 / 2: no division, which is dear on secrets.
        const Value half = rule.multiply(gradient, rule.constant(y, -0.5));
        return rule.give(o.getOperand(), rule.multiply(half, rule.multiply(y, rule.multiply(y, y))));
      })
      .Case([&](hlo::AbsOp o) {
        const Value x = o.getOperand();
        const Value bit = rule.compare(x, rule.constant(x, 0), hlo::ComparisonDirection::GE);
        return rule.give(x, rule.select(bit, gradient, rule.negate(gradient)));
      })
      .Case([&](hlo::PowerOp o) { return rule.power_rule(o); })
      .Case([&](hlo::ConvertOp o) {
        if (!is_float(o.getOperand())) return mlir::failure();
        return rule.give(o.getOperand(),
                         rule.builder.create<hlo::ConvertOp>(o.getLoc(), o.getOperand().getType(), gradient));
      })
      .Default([](mlir::Operation*) { return mlir::failure(); });
}

// Choices, moves, folds and products.
mlir::LogicalResult structural_rule(const Rule& rule, mlir::Operation* op) {
  const Value y = op->getResult(0), gradient = rule.gradient;
  return llvm::TypeSwitch<mlir::Operation*, mlir::LogicalResult>(op)
      .Case([&](hlo::SelectOp o) {
        // A scalar predicate chooses as a whole: it is broadcast, so that the rule is one.
        Value bit = o.getPred();
        if (shape_of(bit).empty() && !shape_of(y).empty())
          bit = broadcast(rule.builder, o.getLoc(), bit, shape_of(y), {});
        return rule.binary(o.getOnTrue(), rule.where(bit, gradient), o.getOnFalse(),
                           rule.where_not(bit, gradient));
      })
      .Case(
          [&](hlo::ReshapeOp o) { return rule.give(o.getOperand(), rule.reshape(gradient, o.getOperand())); })
      .Case([&](hlo::BroadcastInDimOp o) { return rule.broadcast_rule(o); })
      .Case([&](hlo::TransposeOp o) { return rule.transpose_rule(o); })
      .Case([&](hlo::SliceOp o) { return rule.slice_rule(o); })
      .Case([&](hlo::ConcatenateOp o) { return rule.concatenate_rule(o); })
      .Case([&](hlo::DotGeneralOp o) { return rule.dot_rule(o); })
      .Case([&](hlo::ReduceOp o) { return rule.reduce_rule(o); })
      .Default([](mlir::Operation*) { return mlir::failure(); });
}

}  // namespace

const std::vector<std::string>& differentiable_operations() {
  static const std::vector<std::string> names{"abs",
                                              "add",
                                              "broadcast_in_dim",
                                              "concatenate",
                                              "convert",
                                              "convolution",
                                              "divide",
                                              "dot_general",
                                              "exponential",
                                              "exponential_minus_one",
                                              "log",
                                              "log_plus_one",
                                              "logistic",
                                              "maximum",
                                              "minimum",
                                              "multiply",
                                              "negate",
                                              "pad",
                                              "power",
                                              "reduce",
                                              "reduce_window",
                                              "reshape",
                                              "reverse",
                                              "rsqrt",
                                              "select",
                                              "slice",
                                              "sqrt",
                                              "subtract",
                                              "tanh",
                                              "transpose"};
  return names;
}

mlir::LogicalResult differentiate_operation(mlir::OpBuilder& builder, mlir::Operation* op, Value gradient,
                                            AddGradient add) {
  if (!llvm::is_contained(differentiable_operations(), op->getName().stripDialect().str()))
    return mlir::failure();
  const Rule rule{builder, op->getLoc(), gradient, add};
  if (mlir::succeeded(arithmetic_rule(rule, op)) || mlir::succeeded(function_rule(rule, op)))
    return mlir::success();
  if (mlir::succeeded(structural_rule(rule, op))) return mlir::success();
  return differentiate_window(builder, op, gradient, add);
}

}  // namespace sotto::passes
