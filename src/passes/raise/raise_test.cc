#include <gmock/gmock.h>

#include "passes/passes.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;

class RaiseTest : public ProgramTest {
 protected:
  mlir::OwningOpRef<mlir::ModuleOp> raised(llvm::StringRef text) {
    auto module = parse(text);
    EXPECT_TRUE(mlir::succeeded(run(*module, canonicalize()))) << reported_;
    EXPECT_TRUE(mlir::succeeded(run(*module, raise()))) << reported_;
    return module;
  }
};

// The comparison of the backward pass is the relu's own bit, whichever way it is written.
TEST_F(RaiseTest, ExampleReluAndItsGradient) {
  for (const char* compare : {"GT, %x, %z", "GE, %x, %z", "GT, %y, %z"}) {
    auto module = raised(
        "func.func @f(%x: tensor<4xf32>, %d: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {\n"
        " %z = stablehlo.constant dense<0.0> : tensor<4xf32>\n"
        " %y = stablehlo.maximum %x, %z : tensor<4xf32>\n"
        " %c = stablehlo.compare " +
        std::string(compare) +
        " : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>\n"
        " %g = stablehlo.select %c, %d, %z : tensor<4xi1>, tensor<4xf32>\n"
        " return %y, %g : tensor<4xf32>, tensor<4xf32>\n}");
    EXPECT_EQ(count<privacy::ReluOp>(*module), 1) << print(*module);
    EXPECT_EQ(count<privacy::MaskOp>(*module), 1) << print(*module);
    EXPECT_EQ(count<hlo::CompareOp>(*module), 0) << print(*module);
  }
}

TEST_F(RaiseTest, SelectionTheOtherWayRound) {
  auto module =
      raised(R"(func.func @f(%x: tensor<4xf32>, %d: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %z = stablehlo.constant dense<0.0> : tensor<4xf32>
    %y = stablehlo.maximum %z, %x : tensor<4xf32>
    %c = stablehlo.compare LE, %x, %z : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>
    %g = stablehlo.select %c, %z, %d : tensor<4xi1>, tensor<4xf32>
    return %y, %g : tensor<4xf32>, tensor<4xf32>
  })");
  EXPECT_EQ(count<privacy::MaskOp>(*module), 1) << print(*module);
}

constexpr const char* kPlainSoftmax = R"(func.func @f(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %e = stablehlo.exponential %x : tensor<4x3xf32>
    %s = stablehlo.reduce(%e init: %z) applies stablehlo.add across dimensions = [1] : (tensor<4x3xf32>, tensor<f32>) -> tensor<4xf32>
    %b = stablehlo.broadcast_in_dim %s, dims = [0] : (tensor<4xf32>) -> tensor<4x3xf32>
    %p = stablehlo.divide %e, %b : tensor<4x3xf32>
    return %p : tensor<4x3xf32>
  })";

// As jax.nn.softmax is printed.
constexpr const char* kShiftedSoftmax = R"(func.func @f(%x: tensor<4x3xf32>) -> tensor<4x3xf32> {
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %m = stablehlo.reduce(%x init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<4x3xf32>, tensor<f32>) -> tensor<4xf32>
    %m1 = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<4xf32>) -> tensor<4x1xf32>
    %mb = stablehlo.broadcast_in_dim %m1, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x3xf32>
    %d = stablehlo.subtract %x, %mb : tensor<4x3xf32>
    %e = stablehlo.exponential %d : tensor<4x3xf32>
    %s = stablehlo.reduce(%e init: %z) applies stablehlo.add across dimensions = [1] : (tensor<4x3xf32>, tensor<f32>) -> tensor<4xf32>
    %s1 = stablehlo.reshape %s : (tensor<4xf32>) -> tensor<4x1xf32>
    %b = stablehlo.broadcast_in_dim %s1, dims = [0, 1] : (tensor<4x1xf32>) -> tensor<4x3xf32>
    %p = stablehlo.divide %e, %b : tensor<4x3xf32>
    return %p : tensor<4x3xf32>
  })";

TEST_F(RaiseTest, Softmax) {
  for (const char* text : {kPlainSoftmax, kShiftedSoftmax}) {
    auto module = raised(text);
    EXPECT_EQ(count<privacy::RowSoftmaxOp>(*module), 1) << print(*module);
    EXPECT_EQ(count<hlo::ExponentialOp>(*module), 0) << print(*module);
    EXPECT_EQ(count<privacy::RowMaximumOp>(*module), 0) << print(*module);
  }
}

TEST_F(RaiseTest, Argmax) {
  auto module = raised(R"(func.func @f(%x: tensor<4x3xf32>, %y: tensor<4x3xf32>) -> tensor<4x3xf32> {
    %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %z = stablehlo.constant dense<0.0> : tensor<4x3xf32>
    %m = stablehlo.reduce(%x init: %low) applies stablehlo.maximum across dimensions = [1] : (tensor<4x3xf32>, tensor<f32>) -> tensor<4xf32>
    %b = stablehlo.broadcast_in_dim %m, dims = [0] : (tensor<4xf32>) -> tensor<4x3xf32>
    %c = stablehlo.compare EQ, %x, %b : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<4x3xi1>
    %h = stablehlo.select %c, %y, %z : tensor<4x3xi1>, tensor<4x3xf32>
    return %h : tensor<4x3xf32>
  })");
  EXPECT_EQ(count<privacy::RowArgmaxOp>(*module), 1) << print(*module);
  EXPECT_EQ(count<privacy::RowMaximumOp>(*module), 0) << print(*module);
}

// A sum along the first axis is no softmax, and a maximum with one no relu.
TEST_F(RaiseTest, LooksAlikeAreLeftAlone) {
  auto module = raised(R"(func.func @f(%x: tensor<3x3xf32>) -> (tensor<3x3xf32>, tensor<3x3xf32>) {
    %z = stablehlo.constant dense<0.0> : tensor<f32>
    %one = stablehlo.constant dense<1.0> : tensor<3x3xf32>
    %e = stablehlo.exponential %x : tensor<3x3xf32>
    %s = stablehlo.reduce(%e init: %z) applies stablehlo.add across dimensions = [0] : (tensor<3x3xf32>, tensor<f32>) -> tensor<3xf32>
    %b = stablehlo.broadcast_in_dim %s, dims = [1] : (tensor<3xf32>) -> tensor<3x3xf32>
    %p = stablehlo.divide %e, %b : tensor<3x3xf32>
    %m = stablehlo.maximum %x, %one : tensor<3x3xf32>
    return %p, %m : tensor<3x3xf32>, tensor<3x3xf32>
  })");
  EXPECT_EQ(count<privacy::RowSoftmaxOp>(*module), 0) << print(*module);
  EXPECT_EQ(count<privacy::ReluOp>(*module), 0) << print(*module);
}

// Adam as optax writes it, and a normalisation of rows.
TEST_F(RaiseTest, QuotientsByRootsBecomeProducts) {
  auto module = raised(
      R"(func.func @f(%m: tensor<3x2xf32>, %v: tensor<3x2xf32>, %r: tensor<3xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>) {
    %e = stablehlo.constant dense<1.0e-3> : tensor<3x2xf32>
    %0 = stablehlo.sqrt %v : tensor<3x2xf32>
    %1 = stablehlo.add %0, %e : tensor<3x2xf32>
    %2 = stablehlo.divide %m, %1 : tensor<3x2xf32>
    %3 = stablehlo.sqrt %r : tensor<3xf32>
    %4 = stablehlo.broadcast_in_dim %3, dims = [0] : (tensor<3xf32>) -> tensor<3x2xf32>
    %5 = stablehlo.divide %m, %4 : tensor<3x2xf32>
    return %2, %5 : tensor<3x2xf32>, tensor<3x2xf32>
  })");
  EXPECT_EQ(count<hlo::DivideOp>(*module), 0) << print(*module);
  EXPECT_EQ(count<hlo::SqrtOp>(*module), 0);
  EXPECT_EQ(count<hlo::RsqrtOp>(*module), 2);
  auto sum = *function(*module).getOps<hlo::AddOp>().begin();
  EXPECT_NEAR(*splat_value(sum.getRhs()), 1e-6, 1e-9);
}

TEST_F(RaiseTest, ALargeOffsetOfARootIsNoEpsilon) {
  auto module = raised(R"(func.func @f(%m: tensor<2xf32>, %v: tensor<2xf32>) -> tensor<2xf32> {
    %e = stablehlo.constant dense<1.0> : tensor<2xf32>
    %0 = stablehlo.sqrt %v : tensor<2xf32>
    %1 = stablehlo.add %0, %e : tensor<2xf32>
    %2 = stablehlo.divide %m, %1 : tensor<2xf32>
    return %2 : tensor<2xf32>
  })");
  EXPECT_EQ(count<hlo::DivideOp>(*module), 1);
}

// A maximum that starts at zero is no maximum of the window's elements alone: raising it would lose the zero.
TEST_F(RaiseTest, WindowsMaximaStartBelowEverything) {
  for (const auto& [start, raises] : {std::pair{"0xFF800000", true}, std::pair{"0.0", false}}) {
    auto module = raised(std::string(R"(func.func @f(%x: tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32> {
      %start = stablehlo.constant dense<)") +
                         start + R"(> : tensor<f32>
      %y = "stablehlo.reduce_window"(%x, %start) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %m = stablehlo.maximum %a, %b : tensor<f32>
        stablehlo.return %m : tensor<f32>
      }) : (tensor<1x4x4x1xf32>, tensor<f32>) -> tensor<1x2x2x1xf32>
      return %y : tensor<1x2x2x1xf32>
    })");
    EXPECT_EQ(count<hlo::ReduceWindowOp>(*module), raises ? 0 : 1) << print(*module);
  }
}

}  // namespace
}  // namespace sotto::passes
