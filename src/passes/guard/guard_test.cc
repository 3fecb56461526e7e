#include <gmock/gmock.h>

#include "mlir/IR/Verifier.h"
#include "passes/passes.h"
#include "passes/support/program_for_tests.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;

class GuardTest : public ProgramTest {
 protected:
  mlir::OwningOpRef<mlir::ModuleOp> guarded(llvm::StringRef text) {
    auto module = parse(text);
    EXPECT_TRUE(mlir::succeeded(run(*module, guard()))) << reported_;
    return module;
  }
};

// What is compared is watched, once, in the function's own steps; one bit comes out of a block of its own.
TEST_F(GuardTest, ExampleEveryComparedOperandIsWatchedOnce) {
  auto module = guarded(R"(
  func.func @step(%x: tensor<4xf32>, %y: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
    %r, %b = sotto.relu %x : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>)
    %m = stablehlo.maximum %x, %y : tensor<4xf32>
    return %r, %m : tensor<4xf32>, tensor<4xf32>
  })");
  EXPECT_EQ(count<privacy::CountOutsideOp>(*module), 2) << print(*module);
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  ASSERT_EQ(step.getNumArguments(), 3u);
  ASSERT_EQ(step.getNumResults(), 3u);
  EXPECT_EQ(argument_name(step, 2), "guard.outside");
  EXPECT_EQ(step.getResultAttrOfType<mlir::StringAttr>(2, kNextAttribute).getValue(), "guard.outside");
  auto guard = module->lookupSymbol<mlir::func::FuncOp>("guard");
  ASSERT_TRUE(guard);
  EXPECT_EQ(count<privacy::AnyOutsideOp>(*module), 1);
  EXPECT_TRUE(mlir::succeeded(mlir::verify(*module)));
}

TEST_F(GuardTest, ConstantsAndWholeProgramsWithoutComparisonsNeedNone) {
  auto module = guarded(R"(
  func.func @step(%x: tensor<4xf32>) -> tensor<4xf32> {
    %s = stablehlo.add %x, %x : tensor<4xf32>
    return %s : tensor<4xf32>
  })");
  EXPECT_EQ(count<privacy::CountOutsideOp>(*module), 0);
  EXPECT_FALSE(module->lookupSymbol<mlir::func::FuncOp>("guard"));
}

// Its window follows from the sum's own range, which a constant may have made small.
TEST_F(GuardTest, ASumWithAConstantIsWatchedItself) {
  auto module = guarded(R"(
  func.func @step(%x: tensor<4xf32>) -> tensor<4xf32> {
    %c = stablehlo.constant dense<5.0> : tensor<4xf32>
    %s = stablehlo.add %x, %c : tensor<4xf32>
    %r, %b = sotto.relu %s : (tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi1>)
    return %r : tensor<4xf32>
  })");
  module->walk([](privacy::CountOutsideOp op) { EXPECT_TRUE(op.getOperand().getDefiningOp<hlo::AddOp>()); });
  EXPECT_EQ(count<privacy::CountOutsideOp>(*module), 1);
}

}  // namespace
}  // namespace sotto::passes
