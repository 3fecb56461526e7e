#include "passes/differentiate/differentiate.h"

#include <gmock/gmock.h>

#include <cmath>

#include "ir/interpreter/interpreter.h"
#include "passes/support/program_for_tests.h"
#include "plan/splitmix.h"

namespace sotto::passes {
namespace {

using testing::HasSubstr;

class DifferentiateTest : public ProgramTest {
 protected:
  // The function gets its gradients at ones as further results.
  mlir::OwningOpRef<mlir::ModuleOp> with_gradients(llvm::StringRef text) {
    auto module = parse(text);
    auto f = function(*module);
    auto end = return_of(f);
    mlir::OpBuilder builder(end);
    const mlir::Value y = end.getOperand(0);
    const mlir::Value seed = splat(builder, y.getLoc(), y.getType(), 1);
    auto slopes = gradients(builder, y, seed, f.getArguments());
    if (mlir::failed(slopes)) return nullptr;
    llvm::SmallVector<mlir::Value> results{y};
    results.append(slopes->begin(), slopes->end());
    end->setOperands(results);
    f.setFunctionType(builder.getFunctionType(f.getArgumentTypes(), mlir::ValueRange(results).getTypes()));
    return module;
  }

  static std::vector<ir::Array> random_inputs(mlir::func::FuncOp f) {
    plan::SplitMix random(7);
    std::vector<ir::Array> inputs;
    for (mlir::Type type : f.getArgumentTypes()) {
      ir::Array array(ir::ElementType::kF64, ir::shape_of(type));
      for (double& value : array.as<double>()) value = 0.3 + random.unit();  // positive, away from kinks
      inputs.push_back(std::move(array));
    }
    return inputs;
  }

  static double sum(const ir::Array& array) {
    double total = 0;
    for (double value : array.as<double>()) total += value;
    return total;
  }

  // Every partial derivative against a central difference.
  void expect_right(llvm::StringRef text) {
    auto module = with_gradients(text);
    ASSERT_TRUE(module) << reported_;
    auto f = function(*module);
    auto inputs = random_inputs(f);
    const auto results = ir::evaluate(f, inputs);
    ASSERT_TRUE(mlir::succeeded(results)) << reported_;
    constexpr double kStep = 1e-5;
    for (std::size_t input = 0; input < inputs.size(); ++input)
      for (std::size_t i = 0; i < inputs[input].size(); ++i) {
        const double at = inputs[input].as<double>()[i];
        auto moved = [&](double to) {
          inputs[input].as<double>()[i] = to;
          return sum((*ir::evaluate(f, inputs))[0]);
        };
        const double expected = (moved(at + kStep) - moved(at - kStep)) / (2 * kStep);
        inputs[input].as<double>()[i] = at;
        EXPECT_NEAR((*results)[input + 1].as<double>()[i], expected, 1e-6 * (1 + std::fabs(expected)))
            << text.str() << "input " << input << " element " << i;
      }
  }
};

TEST_F(DifferentiateTest, ExampleADenseLayer) {
  expect_right(
      R"(func.func @f(%x: tensor<3x4xf64>, %w: tensor<4x2xf64>, %b: tensor<2xf64>) -> tensor<3x2xf64> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<3x4xf64>, tensor<4x2xf64>) -> tensor<3x2xf64>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<2xf64>) -> tensor<3x2xf64>
    %2 = stablehlo.add %0, %1 : tensor<3x2xf64>
    %3 = stablehlo.constant dense<1.9> : tensor<3x2xf64>
    %4 = stablehlo.maximum %2, %3 : tensor<3x2xf64>
    return %4 : tensor<3x2xf64>
  })");
}

TEST_F(DifferentiateTest, Elementwise) {
  for (const char* name : {"add", "subtract", "multiply", "divide", "maximum", "minimum"})
    expect_right("func.func @f(%a: tensor<5xf64>, %b: tensor<5xf64>) -> tensor<5xf64> {\n %0 = stablehlo." +
                 std::string(name) + " %a, %b : tensor<5xf64>\n return %0 : tensor<5xf64>\n}\n");
  for (const char* name : {"negate", "exponential", "log", "logistic", "tanh", "sqrt"})
    expect_right("func.func @f(%a: tensor<5xf64>) -> tensor<5xf64> {\n %0 = stablehlo." + std::string(name) +
                 " %a : tensor<5xf64>\n return %0 : tensor<5xf64>\n}\n");
}

TEST_F(DifferentiateTest, ProductsOfAnyDimensions) {
  expect_right(R"(func.func @f(%a: tensor<2x3x4x5xf64>, %b: tensor<5x2x6x3xf64>) -> tensor<2x4x6xf64> {
    %0 = stablehlo.dot_general %a, %b, batching_dims = [0] x [1], contracting_dims = [1, 3] x [3, 0]
      : (tensor<2x3x4x5xf64>, tensor<5x2x6x3xf64>) -> tensor<2x4x6xf64>
    %1 = stablehlo.multiply %0, %0 : tensor<2x4x6xf64>
    return %1 : tensor<2x4x6xf64>
  })");
}

TEST_F(DifferentiateTest, MovesAndFolds) {
  expect_right(R"(func.func @f(%a: tensor<2x3x1xf64>, %s: tensor<f64>) -> tensor<6xf64> {
    %0 = stablehlo.broadcast_in_dim %a, dims = [1, 0, 2] : (tensor<2x3x1xf64>) -> tensor<3x2x4xf64>
    %1 = stablehlo.broadcast_in_dim %s, dims = [] : (tensor<f64>) -> tensor<3x2x4xf64>
    %2 = stablehlo.multiply %0, %1 : tensor<3x2x4xf64>
    %3 = stablehlo.exponential %2 : tensor<3x2x4xf64>
    %4 = stablehlo.transpose %3, dims = [2, 0, 1] : (tensor<3x2x4xf64>) -> tensor<4x3x2xf64>
    %z = stablehlo.constant dense<0.0> : tensor<f64>
    %5 = stablehlo.reduce(%4 init: %z) applies stablehlo.add across dimensions = [0] : (tensor<4x3x2xf64>, tensor<f64>) -> tensor<3x2xf64>
    %6 = stablehlo.reshape %5 : (tensor<3x2xf64>) -> tensor<6xf64>
    return %6 : tensor<6xf64>
  })");
  expect_right(R"(func.func @f(%a: tensor<4x5xf64>) -> tensor<4xf64> {
    %low = stablehlo.constant dense<0xFFF0000000000000> : tensor<f64>
    %0 = stablehlo.reduce(%a init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<4x5xf64>, tensor<f64>) -> tensor<4xf64>
    return %0 : tensor<4xf64>
  })");
  expect_right(R"(func.func @f(%a: tensor<4x5xf64>, %b: tensor<2x2xf64>) -> tensor<4x2xf64> {
    %0 = stablehlo.slice %a [0:4:2, 1:5:2] : (tensor<4x5xf64>) -> tensor<2x2xf64>
    %1 = stablehlo.concatenate %0, %b, dim = 0 : (tensor<2x2xf64>, tensor<2x2xf64>) -> tensor<4x2xf64>
    %2 = stablehlo.multiply %1, %1 : tensor<4x2xf64>
    return %2 : tensor<4x2xf64>
  })");
}

TEST_F(DifferentiateTest, InputsThatDoNotMatterGetZeros) {
  auto module = with_gradients(R"(func.func @f(%a: tensor<2xf64>, %b: tensor<2xf64>) -> tensor<2xf64> {
    %0 = stablehlo.negate %a : tensor<2xf64>
    return %0 : tensor<2xf64>
  })");
  ASSERT_TRUE(module);
  EXPECT_EQ(splat_value(return_of(function(*module)).getOperand(2)), 0.0);
}

TEST_F(DifferentiateTest, MisuseNamesTheOperation) {
  EXPECT_FALSE(with_gradients(R"(func.func @f(%a: tensor<2xf64>) -> tensor<2xf64> {
    %0 = stablehlo.floor %a : tensor<2xf64>
    return %0 : tensor<2xf64>
  })"));
  EXPECT_THAT(reported_, HasSubstr("'stablehlo.floor' cannot be differentiated"));
}

// The gradient that is built without differentiating is that of the loss.
TEST_F(DifferentiateTest, CrossEntropy) {
  auto module = parse(
      R"(func.func @f(%x: tensor<3x4xf64>, %y: tensor<3x4xf64>) -> tensor<3x4xf64> { return %x : tensor<3x4xf64> })");
  auto f = function(*module);
  auto end = return_of(f);
  mlir::OpBuilder builder(end);
  const mlir::Value p = softmax(builder, f.getLoc(), f.getArgument(0));
  const mlir::Value loss = builder.create<hlo::NegateOp>(
      f.getLoc(), builder.create<hlo::MultiplyOp>(f.getLoc(), f.getArgument(1),
                                                  builder.create<hlo::LogOp>(f.getLoc(), p)));
  auto slopes = gradients(builder, loss, splat(builder, f.getLoc(), loss.getType(), 1), {f.getArgument(0)});
  ASSERT_TRUE(mlir::succeeded(slopes)) << reported_;
  const mlir::Value direct = cross_entropy_gradient(builder, f.getLoc(), f.getArgument(0), f.getArgument(1));
  end->setOperand(0, builder.create<hlo::SubtractOp>(f.getLoc(), direct, slopes->front()));
  ir::Array x(ir::ElementType::kF64, {3, 4}), y(ir::ElementType::kF64, {3, 4});
  plan::SplitMix random(3);
  for (double& value : x.as<double>()) value = 4 * random.unit();
  for (std::size_t row = 0; row < 3; ++row) y.as<double>()[row * 4 + row] = 1;
  const auto difference = ir::evaluate(f, {x, y});
  ASSERT_TRUE(mlir::succeeded(difference)) << reported_;
  for (double value : difference->front().as<double>()) EXPECT_NEAR(value, 0, 1e-12);
}

}  // namespace
}  // namespace sotto::passes
