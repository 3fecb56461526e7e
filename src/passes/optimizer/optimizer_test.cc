#include "passes/optimizer/optimizer.h"

#include <gmock/gmock.h>

#include <cmath>

#include "ir/interpreter/interpreter.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

constexpr std::size_t kSize = 3;
using Vector = std::array<double, kSize>;

// torch.optim.Adam as its documentation writes it, in double precision, on the mean over the batch.
struct Reference {
  Training training;
  Vector m{}, v{}, largest{};
  int t = 0;

  void step(Vector& w, const Vector& gradient_of_sum) {
    ++t;
    for (std::size_t i = 0; i < kSize; ++i) {
      const double g =
          gradient_of_sum[i] / static_cast<double>(training.batch) + training.weight_decay * w[i];
      m[i] = training.beta1 * m[i] + (1 - training.beta1) * g;
      v[i] = training.beta2 * v[i] + (1 - training.beta2) * g * g;
      largest[i] = std::max(largest[i], v[i]);
      const double root = std::sqrt(training.optimizer == Optimizer::kAmsgrad ? largest[i] : v[i]);
      const double corrected = root / std::sqrt(1 - std::pow(training.beta2, t)) + training.epsilon;
      w[i] -= training.learning_rate / (1 - std::pow(training.beta1, t)) * m[i] / corrected;
    }
  }
};

// Gradients of a sum over the batch that change sign, size and direction.
Vector gradient_at(int step, const Vector& w) {
  return {30 * std::cos(0.7 * step) + w[0], 0.1 * (step % 5 == 0 ? 10 : -1), step < 40 ? 100.0 : 0.0};
}

class OptimizerTest : public ProgramTest {
 protected:
  // @f(w, gradient, states...) -> (w, states...): one step of whatever `training` says.
  mlir::func::FuncOp build(const Training& training) {
    mlir::OpBuilder builder(&context_);
    module_ = mlir::ModuleOp::create(builder.getUnknownLoc());
    const auto vector = mlir::RankedTensorType::get({kSize}, builder.getF64Type());
    const auto scalar = mlir::RankedTensorType::get({}, builder.getF64Type());
    llvm::SmallVector<mlir::Type> types(2 + optimizer_states(training).size(), vector);
    types.append(public_states(training).size(), scalar);
    auto results = types;
    results.erase(results.begin());
    auto function =
        mlir::func::FuncOp::create(builder.getUnknownLoc(), "f", builder.getFunctionType(types, results));
    module_->push_back(function);
    builder.setInsertionPointToStart(function.addEntryBlock());
    llvm::ArrayRef<mlir::BlockArgument> arguments = function.getArguments();
    Parameter parameter{.value = arguments[0], .gradient = arguments[1], .states = {}};
    const auto own = arguments.drop_front(2).take_front(optimizer_states(training).size());
    parameter.states.append(own.begin(), own.end());
    llvm::SmallVector<mlir::Value> numbers(arguments.take_back(public_states(training).size()));
    const auto shared = public_step(builder, function.getLoc(), training, numbers);
    const auto updated = update(builder, function.getLoc(), training, parameter, shared.rate);
    llvm::SmallVector<mlir::Value> values{updated.value};
    values.append(updated.states.begin(), updated.states.end());
    values.append(shared.states.begin(), shared.states.end());
    builder.create<mlir::func::ReturnOp>(function.getLoc(), values);
    return function;
  }

  static ir::Array vector(const Vector& values) {
    ir::Array array(ir::ElementType::kF64, {kSize});
    array.as<double>().assign(values.begin(), values.end());
    return array;
  }

  // The largest distance to torch's weights on the way.
  double distance_from_torch(const Training& training, int steps) {
    auto function = build(training);
    Reference reference{.training = training};
    Vector expected{0.5, -0.25, 1}, w = expected;
    std::vector<ir::Array> states;
    for (mlir::Type type : function.getArgumentTypes().drop_front(2))
      states.emplace_back(ir::ElementType::kF64, ir::shape_of(type));
    double distance = 0;
    for (int step = 0; step < steps; ++step) {
      std::vector<ir::Array> inputs{vector(w), vector(gradient_at(step, w))};
      inputs.insert(inputs.end(), states.begin(), states.end());
      auto results = ir::evaluate(function, inputs);
      EXPECT_TRUE(mlir::succeeded(results)) << reported_;
      reference.step(expected, gradient_at(step, w));
      states.assign(results->begin() + 1, results->end());
      for (std::size_t i = 0; i < kSize; ++i) {
        w[i] = (*results)[0].at(i);
        distance = std::max(distance, std::fabs(w[i] - expected[i]));
      }
    }
    return distance;
  }

  static Training adam_training(Optimizer optimizer = Optimizer::kAdam) {
    Training training;
    training.optimizer = optimizer;
    training.learning_rate = 0.01;
    training.batch = 32;
    return training;
  }

  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

TEST_F(OptimizerTest, ExampleAdamMovesLikeTorchs) {
  EXPECT_LT(distance_from_torch(adam_training(), 200), 3e-5);
}

TEST_F(OptimizerTest, AmsgradMovesLikeTorchs) {
  EXPECT_LT(distance_from_torch(adam_training(Optimizer::kAmsgrad), 200), 3e-5);
  // It is another optimizer: it remembers the largest second moment.
  EXPECT_EQ(optimizer_states(adam_training(Optimizer::kAmsgrad)).size(), 3u);
}

TEST_F(OptimizerTest, OtherMemoriesAndWeightDecay) {
  auto training = adam_training();
  training.weight_decay = 0.01;
  EXPECT_LT(distance_from_torch(training, 100), 3e-5);
  training.beta1 = 0.87;  // 1 / (1 - 0.87) is no integer
  training.beta2 = 0.99;
  EXPECT_LT(distance_from_torch(training, 100), 3e-5);
  training.beta1 = 0;
  EXPECT_LT(distance_from_torch(training, 100), 3e-5);
}

// Where gradients are as small as epsilon the two forms differ, by less than a factor of two in each step.
TEST_F(OptimizerTest, ALargeEpsilonHoldsBackAsMuchAsTorchs) {
  auto training = adam_training();
  training.epsilon = 1e-3;
  EXPECT_LT(distance_from_torch(training, 100), 0.3 * 100 * training.learning_rate);
  EXPECT_NEAR(adam_offset(training), std::pow(1e-3 * 32 / (1 - 0.9), 2) / (1 - 0.999), 1e-6);
  training.epsilon = 1e-8;
  EXPECT_NEAR(adam_offset(training), std::pow(std::ldexp(1.0, -18) * 320, 2) * 1000, 1e-9);
}

TEST_F(OptimizerTest, EveryStateIsKnownByItsName) {
  for (llvm::StringRef prefix : optimizer_states(adam_training(Optimizer::kAmsgrad)))
    EXPECT_TRUE(is_optimizer_state((prefix + "w0").str()));
  for (llvm::StringRef name : public_states(adam_training())) EXPECT_TRUE(is_optimizer_state(name));
  EXPECT_FALSE(is_optimizer_state("w0"));
  EXPECT_FALSE(resolution(adam_training(), "adam.m.w0"));
  EXPECT_EQ(resolution(adam_training(), "adam.v.w0"), adam_offset(adam_training()) / 64);
}

}  // namespace
}  // namespace sotto::passes
