#include "passes/differentiate/differentiate.h"

#include <gmock/gmock.h>

#include "passes/differentiate/gradients_for_tests.h"

namespace sotto::passes {
namespace {

using testing::HasSubstr;

using DifferentiateTest = GradientTest;

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
  for (const char* name : {"add", "subtract", "multiply", "divide", "maximum", "minimum", "power"})
    expect_right("func.func @f(%a: tensor<5xf64>, %b: tensor<5xf64>) -> tensor<5xf64> {\n %0 = stablehlo." +
                 std::string(name) + " %a, %b : tensor<5xf64>\n return %0 : tensor<5xf64>\n}\n");
  for (const char* name : {"negate", "exponential", "exponential_minus_one", "log", "log_plus_one",
                           "logistic", "tanh", "sqrt", "rsqrt", "abs"})
    expect_right("func.func @f(%a: tensor<5xf64>) -> tensor<5xf64> {\n %0 = stablehlo." + std::string(name) +
                 " %a : tensor<5xf64>\n return %0 : tensor<5xf64>\n}\n");
}

TEST_F(DifferentiateTest, PowersWithConstantExponents) {
  for (const char* exponent : {"2.0", "-0.5", "3.0"})
    expect_right(
        "func.func @f(%a: tensor<5xf64>) -> tensor<5xf64> {\n %c = stablehlo.constant dense<" +
        std::string(exponent) +
        "> : tensor<5xf64>\n %0 = stablehlo.power %a, %c : tensor<5xf64>\n return %0 : tensor<5xf64>\n}\n");
}

// At negative numbers as well.
TEST_F(DifferentiateTest, AbsoluteValues) {
  expect_right(R"(func.func @f(%a: tensor<5xf64>) -> tensor<5xf64> {
    %c = stablehlo.constant dense<[0.0, 2.0, 0.0, 2.0, 2.0]> : tensor<5xf64>
    %0 = stablehlo.subtract %a, %c : tensor<5xf64>
    %1 = stablehlo.abs %0 : tensor<5xf64>
    return %1 : tensor<5xf64>
  })");
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

// Sums over rows, against the formulas as they are written; large logits, too.
TEST_F(DifferentiateTest, LossesAreWhatTheyAreCalled) {
  auto module = parse(
      R"(func.func @f(%x: tensor<5x3xf64>, %y: tensor<5x3xf64>) -> tensor<5x3xf64> { return %x : tensor<5x3xf64> })");
  auto f = function(*module);
  auto end = return_of(f);
  mlir::OpBuilder builder(end);
  const mlir::Value x = f.getArgument(0), y = f.getArgument(1);
  const mlir::Value losses[] = {cross_entropy(builder, f.getLoc(), x, y),
                                logistic_loss(builder, f.getLoc(), x, y)};
  end->setOperands(losses);
  f.setFunctionType(
      builder.getFunctionType(f.getArgumentTypes(), mlir::ValueRange(llvm::ArrayRef(losses)).getTypes()));
  ir::Array logits(ir::ElementType::kF64, {5, 3}), labels(ir::ElementType::kF64, {5, 3});
  plan::SplitMix random(4);
  for (double& value : logits.as<double>()) value = 40 * random.unit() - 20;
  for (std::size_t row = 0; row < 5; ++row) labels.as<double>()[row * 3 + row % 3] = 1;
  const auto found = ir::evaluate(f, {logits, labels});
  ASSERT_TRUE(mlir::succeeded(found)) << reported_;
  long double entropy = 0, logistic = 0;
  for (std::size_t row = 0; row < 5; ++row) {
    long double sum = 0;
    for (std::size_t i = row * 3; i < row * 3 + 3; ++i) {
      const long double z = logits.at(i), t = labels.at(i);
      sum += std::exp(z);
      const long double p = 1 / (1 + std::exp(-z)), q = 1 / (1 + std::exp(z));
      logistic -= t * std::log(p) + (1 - t) * std::log(q);
    }
    entropy -= std::log(std::exp(static_cast<long double>(logits.at(row * 3 + row % 3))) / sum);
  }
  EXPECT_NEAR((*found)[0].at(0), static_cast<double>(entropy), 1e-10);
  EXPECT_NEAR((*found)[1].at(0), static_cast<double>(logistic), 1e-10);
}

}  // namespace
}  // namespace sotto::passes
