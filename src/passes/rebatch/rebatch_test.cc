#include "passes/rebatch/rebatch.h"

#include <gmock/gmock.h>

#include "ir/interpreter/interpreter.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

using testing::HasSubstr;

class RebatchTest : public ProgramTest {};

// The batch is as large as the layer, so extents alone would not tell them apart.
TEST_F(RebatchTest, ExampleOnlyTheBatchChanges) {
  auto module = parse(
      R"(func.func @f(%w: tensor<4x4xf32>, %b: tensor<4xf32>, %x: tensor<4x2x2xf32>) -> tensor<4x4xf32> {
    %0 = stablehlo.reshape %x : (tensor<4x2x2xf32>) -> tensor<4x4xf32>
    %1 = stablehlo.dot_general %0, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %2 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<4xf32>) -> tensor<4x4xf32>
    %3 = stablehlo.add %1, %2 : tensor<4x4xf32>
    %z = stablehlo.constant dense<0.0> : tensor<4x4xf32>
    %4 = stablehlo.maximum %3, %z : tensor<4x4xf32>
    return %4 : tensor<4x4xf32>
  })");
  auto f = function(*module);
  ASSERT_TRUE(mlir::succeeded(rebatch(f, 2, 7))) << reported_;
  EXPECT_EQ(ir::shape_of(f.getArgumentTypes()[0]), (Shape{4, 4}));
  EXPECT_EQ(ir::shape_of(f.getArgumentTypes()[2]), (Shape{7, 2, 2}));
  EXPECT_EQ(ir::shape_of(f.getResultTypes()[0]), (Shape{7, 4}));
}

// Batch, kernel and image all have extent 5.
TEST_F(RebatchTest, ConvolutionsAndPoolsKeepTheirExtents) {
  auto module = parse(
      R"(func.func @f(%k: tensor<5x5x5x5xf32>, %x: tensor<5x9x9x5xf32>) -> tensor<5x5x5x5xf32> {
    %0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {pad = [[3, 2], [2, 3]]} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<5x9x9x5xf32>, tensor<5x5x5x5xf32>) -> tensor<5x10x10x5xf32>
    %low = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %1 = "stablehlo.reduce_window"(%0, %low) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %2 = stablehlo.maximum %a, %b : tensor<f32>
      stablehlo.return %2 : tensor<f32>
    }) : (tensor<5x10x10x5xf32>, tensor<f32>) -> tensor<5x5x5x5xf32>
    return %1 : tensor<5x5x5x5xf32>
  })");
  auto f = function(*module);
  ASSERT_TRUE(mlir::succeeded(rebatch(f, 1, 7))) << reported_;
  EXPECT_EQ(ir::shape_of(f.getArgumentTypes()[0]), (Shape{5, 5, 5, 5}));
  EXPECT_EQ(ir::shape_of(f.getArgumentTypes()[1]), (Shape{7, 9, 9, 5}));
  EXPECT_EQ(ir::shape_of(f.getResultTypes()[0]), (Shape{7, 5, 5, 5}));
}

TEST_F(RebatchTest, MisuseAConstantOfOneBatchSize) {
  auto module = parse(R"(func.func @f(%x: tensor<2xf32>) -> tensor<2xf32> {
    %c = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
    %0 = stablehlo.add %x, %c : tensor<2xf32>
    return %0 : tensor<2xf32>
  })");
  EXPECT_TRUE(mlir::failed(rebatch(function(*module), 0, 3)));
  EXPECT_THAT(reported_, HasSubstr("this constant belongs to one batch size"));
}

}  // namespace
}  // namespace sotto::passes
