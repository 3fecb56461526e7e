#include <gmock/gmock.h>

#include "ir/interpreter/interpreter.h"
#include "passes/passes.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

class CanonicalizeTest : public ProgramTest {
 protected:
  mlir::OwningOpRef<mlir::ModuleOp> simplified(llvm::StringRef text) {
    auto module = parse(text);
    EXPECT_TRUE(mlir::succeeded(run(*module, canonicalize()))) << reported_;
    return module;
  }
};

// JAX multiplies the loss's gradient by 1/rows first; afterwards it stands behind the last linear operation.
TEST_F(CanonicalizeTest, ExampleFactorsMoveToTheEnd) {
  auto module = simplified(
      R"(func.func @f(%x: tensor<4x3xf32>, %d: tensor<4x2xf32>, %p: tensor<4x2xi1>) -> tensor<3x2xf32> {
    %c = stablehlo.constant dense<0.25> : tensor<4x2xf32>
    %z = stablehlo.constant dense<0.0> : tensor<4x2xf32>
    %0 = stablehlo.multiply %c, %d : tensor<4x2xf32>
    %1 = stablehlo.select %p, %0, %z : tensor<4x2xi1>, tensor<4x2xf32>
    %2 = stablehlo.negate %1 : tensor<4x2xf32>
    %3 = stablehlo.dot_general %x, %2, contracting_dims = [0] x [0] : (tensor<4x3xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
    %h = stablehlo.constant dense<0.5> : tensor<3x2xf32>
    %4 = stablehlo.divide %3, %h : tensor<3x2xf32>
    return %4 : tensor<3x2xf32>
  })");
  auto last = return_of(function(*module)).getOperand(0).getDefiningOp<hlo::MultiplyOp>();
  ASSERT_TRUE(last) << print(*module);
  EXPECT_EQ(splat_value(last.getRhs()), -0.5);
  EXPECT_TRUE(last.getLhs().getDefiningOp<hlo::DotGeneralOp>());
  EXPECT_EQ(count<hlo::MultiplyOp>(*module), 1);
  EXPECT_EQ(count<hlo::DivideOp>(*module), 0);
  EXPECT_EQ(count<hlo::NegateOp>(*module), 0);
}

// Through the way back of a convolutional network, too.
TEST_F(CanonicalizeTest, FactorsMoveThroughWindows) {
  auto module = simplified(
      R"(func.func @f(%x: tensor<1x4x4x1xf32>, %d: tensor<1x2x2x1xf32>, %k: tensor<2x2x1x1xf32>) -> tensor<1x2x2x1xf32> {
    %c = stablehlo.constant dense<0.25> : tensor<1x2x2x1xf32>
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.multiply %d, %c : tensor<1x2x2x1xf32>
    %1 = "stablehlo.select_and_scatter"(%x, %0, %z) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %p = stablehlo.compare GE, %a, %b : (tensor<f32>, tensor<f32>) -> tensor<i1>
      stablehlo.return %p : tensor<i1>
    }, {
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %s = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %s : tensor<f32>
    }) : (tensor<1x4x4x1xf32>, tensor<1x2x2x1xf32>, tensor<f32>) -> tensor<1x4x4x1xf32>
    %2 = stablehlo.pad %1, %z, low = [0, 1, 0, 0], high = [0, 0, 1, 0], interior = [0, 0, 0, 0] : (tensor<1x4x4x1xf32>, tensor<f32>) -> tensor<1x5x5x1xf32>
    %3 = stablehlo.convolution(%2, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<1x5x5x1xf32>, tensor<2x2x1x1xf32>) -> tensor<1x4x4x1xf32>
    %4 = "stablehlo.reduce_window"(%3, %z) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %s = stablehlo.add %a, %b : tensor<f32>
      stablehlo.return %s : tensor<f32>
    }) : (tensor<1x4x4x1xf32>, tensor<f32>) -> tensor<1x2x2x1xf32>
    %5 = stablehlo.slice %4 [0:1, 0:2, 0:2, 0:1] : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
    %6 = stablehlo.reverse %5, dims = [1] : tensor<1x2x2x1xf32>
    return %6 : tensor<1x2x2x1xf32>
  })");
  auto last = return_of(function(*module)).getOperand(0).getDefiningOp<hlo::MultiplyOp>();
  ASSERT_TRUE(last) << print(*module);
  EXPECT_EQ(splat_value(last.getRhs()), 0.25);
  EXPECT_TRUE(last.getLhs().getDefiningOp<hlo::ReverseOp>());
  EXPECT_EQ(count<hlo::MultiplyOp>(*module), 1);
  EXPECT_EQ(count<hlo::SliceOp>(*module), 0);
}

TEST_F(CanonicalizeTest, ProductsReadTransposedOperands) {
  auto module = simplified(R"(func.func @f(%a: tensor<4x3xf32>, %b: tensor<4x2xf32>) -> tensor<3x2xf32> {
    %0 = stablehlo.transpose %a, dims = [1, 0] : (tensor<4x3xf32>) -> tensor<3x4xf32>
    %1 = stablehlo.dot_general %0, %b, contracting_dims = [1] x [0] : (tensor<3x4xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
    return %1 : tensor<3x2xf32>
  })");
  EXPECT_EQ(count<hlo::TransposeOp>(*module), 0) << print(*module);
}

// A kernel's gradient, written for NCHW with transposes, is one convolution: batch and features have changed
// places.
TEST_F(CanonicalizeTest, ConvolutionsReadAndWriteTransposed) {
  const char* program =
      R"(func.func @f(%x: tensor<4x3x6x5xf32>, %g: tensor<4x2x5x4xf32>, %w: tensor<2x3x2x2xf32>) -> (tensor<2x3x2x2xf32>, tensor<4x3x4x3xf32>) {
    %0 = stablehlo.transpose %x, dims = [1, 0, 2, 3] : (tensor<4x3x6x5xf32>) -> tensor<3x4x6x5xf32>
    %1 = stablehlo.transpose %g, dims = [1, 0, 2, 3] : (tensor<4x2x5x4xf32>) -> tensor<2x4x5x4xf32>
    %2 = stablehlo.convolution(%0, %1) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<3x4x6x5xf32>, tensor<2x4x5x4xf32>) -> tensor<3x2x2x2xf32>
    %3 = stablehlo.transpose %2, dims = [1, 0, 2, 3] : (tensor<3x2x2x2xf32>) -> tensor<2x3x2x2xf32>
    %4 = stablehlo.transpose %w, dims = [1, 0, 3, 2] : (tensor<2x3x2x2xf32>) -> tensor<3x2x2x2xf32>
    %5 = stablehlo.reverse %4, dims = [2] : tensor<3x2x2x2xf32>
    %6 = stablehlo.convolution(%g, %5) dim_numbers = [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<4x2x5x4xf32>, tensor<3x2x2x2xf32>) -> tensor<4x3x4x3xf32>
    return %3, %6 : tensor<2x3x2x2xf32>, tensor<4x3x4x3xf32>
  })";
  auto original = parse(program);
  auto module = simplified(program);
  EXPECT_EQ(count<hlo::TransposeOp>(*module), 0) << print(*module);
  EXPECT_NE(print(*module).find("[f, b, 0, 1]x[i, o, 0, 1]->[f, b, 0, 1]"), std::string::npos)
      << print(*module);
  std::vector<ir::Array> inputs;
  for (mlir::Type type : function(*module).getArgumentTypes()) {
    inputs.emplace_back(ir::ElementType::kF32, ir::shape_of(type));
    auto& values = inputs.back().as<float>();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i * 29 % 13) - 6;
  }
  const auto before = ir::evaluate(function(*original), inputs),
             after = ir::evaluate(function(*module), inputs);
  ASSERT_TRUE(mlir::succeeded(before) && mlir::succeeded(after)) << reported_;
  for (int i : {0, 1}) EXPECT_EQ((*before)[i].as<float>(), (*after)[i].as<float>());
}

TEST_F(CanonicalizeTest, EqualWorkIsDoneOnceAndUnusedWorkNever) {
  auto module = simplified(R"(func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.exponential %a : tensor<4xf32>
    %1 = stablehlo.exponential %a : tensor<4xf32>
    %2 = stablehlo.log %a : tensor<4xf32>
    %3 = stablehlo.multiply %0, %1 : tensor<4xf32>
    return %3 : tensor<4xf32>
  })");
  EXPECT_EQ(count<hlo::ExponentialOp>(*module), 1);
  EXPECT_EQ(count<hlo::LogOp>(*module), 0);
}

TEST_F(CanonicalizeTest, UnitAxesOfFrameworksDisappear) {
  auto module = simplified(R"(func.func @f(%b: tensor<3xf32>) -> tensor<2x3xf32> {
    %0 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<1x3xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [0, 1] : (tensor<1x3xf32>) -> tensor<2x3xf32>
    return %1 : tensor<2x3xf32>
  })");
  EXPECT_EQ(count<hlo::BroadcastInDimOp>(*module), 1);
}

}  // namespace
}  // namespace sotto::passes
