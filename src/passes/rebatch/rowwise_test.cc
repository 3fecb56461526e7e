#include "passes/rebatch/rowwise.h"

#include <gmock/gmock.h>

#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

using testing::ElementsAre;

class RowwiseTest : public ProgramTest {
 protected:
  // Of a function of a weight and of a batch of four rows.
  llvm::SmallVector<bool> results(const std::string& body, const std::string& types) {
    auto module =
        parse("func.func @f(%w: tensor<4x4xf32>, %x: tensor<4x4xf32>) -> (" + types + ") {\n" + body + "}");
    return module ? rowwise_results(function(*module), 1) : llvm::SmallVector<bool>();
  }
};

TEST_F(RowwiseTest, ExampleALayerAndASoftmax) {
  EXPECT_THAT(results(R"(
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    %1 = stablehlo.exponential %0 : tensor<4x4xf32>
    %2 = stablehlo.reduce(%1 init: %zero) applies stablehlo.add across dimensions = [1] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
    %3 = stablehlo.broadcast_in_dim %2, dims = [0] : (tensor<4xf32>) -> tensor<4x4xf32>
    %4 = stablehlo.divide %1, %3 : tensor<4x4xf32>
    return %4 : tensor<4x4xf32>
)",
                      "tensor<4x4xf32>"),
              ElementsAre(true));
}

// Each has the extents that a result row by row would have.
TEST_F(RowwiseTest, WhatMixesRowsIsNoneOfThem) {
  for (const char* body : {
           "%0 = stablehlo.transpose %x, dims = [1, 0] : (tensor<4x4xf32>) -> tensor<4x4xf32>",
           "%0 = stablehlo.dot_general %w, %x, contracting_dims = [1] x [0] : (tensor<4x4xf32>, "
           "tensor<4x4xf32>) "
           "-> tensor<4x4xf32>",
           "%0 = stablehlo.dot_general %x, %w, contracting_dims = [0] x [0] : (tensor<4x4xf32>, "
           "tensor<4x4xf32>) "
           "-> tensor<4x4xf32>",
           "%0 = stablehlo.dot_general %x, %x, contracting_dims = [1] x [1] : (tensor<4x4xf32>, "
           "tensor<4x4xf32>) "
           "-> tensor<4x4xf32>",
           "%0 = stablehlo.reverse %x, dims = [0] : tensor<4x4xf32>",
       }) {
    EXPECT_THAT(results(std::string(body) + "\nreturn %0 : tensor<4x4xf32>\n", "tensor<4x4xf32>"),
                ElementsAre(false))
        << body;
  }
  EXPECT_THAT(results(R"(
    %zero = stablehlo.constant dense<0.0> : tensor<f32>
    %0 = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<4x4xf32>, tensor<f32>) -> tensor<4xf32>
    %1 = stablehlo.broadcast_in_dim %0, dims = [1] : (tensor<4xf32>) -> tensor<4x4xf32>
    %2 = stablehlo.subtract %x, %1 : tensor<4x4xf32>
    return %0, %1, %2, %x, %w : tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
)",
                      "tensor<4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>"),
              ElementsAre(false, false, false, true, false));
}

}  // namespace
}  // namespace sotto::passes
