#include <gmock/gmock.h>

#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/support/program_for_tests.h"
#include "passes/train/train.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using testing::HasSubstr;

class LowerTest : public ProgramTest {
 protected:
  // Arguments are private inputs; every value is said to lie in [-range, range].
  mlir::OwningOpRef<mlir::ModuleOp> lowered(llvm::StringRef text, double range = 4) {
    auto module = parse(text);
    auto f = function(*module);
    mlir::Builder builder(&context_);
    EXPECT_TRUE(mlir::succeeded(run(*module, canonicalize()))) << reported_;
    for (unsigned index = 0; index < f.getNumArguments(); ++index) {
      f.setArgAttr(index, kKindAttribute, builder.getStringAttr(kInput));
      f.setArgAttr(index, kNameAttribute, builder.getStringAttr("a" + std::to_string(index)));
      widen_range(f.getArgument(index), {-range, range, range});
    }
    f.walk([&](mlir::Operation* op) {
      if (op->getNumResults() == 1 && is_float(op->getResult(0)) && op->getParentOp() == f)
        widen_range(op->getResult(0), {-range, range, range});
    });
    EXPECT_TRUE(mlir::succeeded(run(*module, raise()))) << reported_;
    if (mlir::failed(run(*module, lower(Options())))) return nullptr;
    return module;
  }
  template <class Op>
  static Op only(mlir::ModuleOp module) {
    Op found;
    module.walk([&](Op op) { found = op; });
    return found;
  }
};

// Product, bias, relu and truncation: one kernel. The gradient's product and the relu's bit: another.
TEST_F(LowerTest, ExampleADenseLayerIsOneContraction) {
  auto module = lowered(
      R"(func.func @f(%x: tensor<4x6xf32>, %w: tensor<6x3xf32>, %b: tensor<3xf32>) -> tensor<4x3xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x6xf32>, tensor<6x3xf32>) -> tensor<4x3xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<4x3xf32>
    %2 = stablehlo.add %0, %1 : tensor<4x3xf32>
    %z = stablehlo.constant dense<0.0> : tensor<4x3xf32>
    %3 = stablehlo.maximum %2, %z : tensor<4x3xf32>
    return %3 : tensor<4x3xf32>
  })");
  ASSERT_TRUE(module) << reported_;
  EXPECT_EQ(count<privacy::ContractOp>(*module), 1) << print(*module);
  auto contract = only<privacy::ContractOp>(*module);
  EXPECT_EQ(contract.getProduct(), "matmul");
  EXPECT_EQ(contract.getThen(), "relu");
  EXPECT_EQ(contract.getTruncate(), 20u);
  EXPECT_EQ(contract.getWindow(), 26u);
  EXPECT_EQ(contract.getAddendScales(), llvm::ArrayRef<int64_t>{int64_t{1} << 18});
  EXPECT_EQ(contract.getAddendRows(), llvm::ArrayRef<int64_t>{1});
}

TEST_F(LowerTest, SumsOfSharesAreLocal) {
  auto module = lowered(R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %two = stablehlo.constant dense<2.0> : tensor<4xf32>
    %0 = stablehlo.multiply %a, %two : tensor<4xf32>
    %1 = stablehlo.subtract %0, %b : tensor<4xf32>
    return %1 : tensor<4xf32>
  })");
  ASSERT_TRUE(module) << reported_;
  EXPECT_EQ(count<privacy::ContractOp>(*module), 0) << print(*module);
  EXPECT_EQ(count<privacy::ScaleOp>(*module), 1) << print(*module);
  EXPECT_EQ(count<privacy::SubtractOp>(*module), 1) << print(*module);
}

// A rate that changes from step to step scales the product as a constant one does.
TEST_F(LowerTest, NumbersOfTheStepScaleProducts) {
  auto module = lowered(R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.multiply %a, %b : tensor<4xf32>
    %r = "sotto.tabulated"() {values = array<f64: -0.25, 0.5, 0.75>} : () -> tensor<4xf32>
    %1 = stablehlo.multiply %0, %r : tensor<4xf32>
    %2 = stablehlo.subtract %b, %1 : tensor<4xf32>
    return %2 : tensor<4xf32>
  })");
  ASSERT_TRUE(module) << reported_;
  auto contract = only<privacy::ContractOp>(*module);
  EXPECT_EQ(count<privacy::ContractOp>(*module), 1) << print(*module);
  // 36 fraction bits of the product and 9 more, so that a quarter is 2^7.
  auto schedule = contract->getAttrOfType<mlir::DenseI64ArrayAttr>("sotto.schedule");
  ASSERT_TRUE(schedule) << print(*module);
  EXPECT_EQ(schedule.asArrayRef(), (llvm::ArrayRef<int64_t>{128, -256, -384}));
  EXPECT_EQ(contract.getTruncate(), 27u);
  EXPECT_EQ(contract.getAddendScales(), llvm::ArrayRef<int64_t>{int64_t{1} << 27});
}

// A rate so small that its digits and the weight's together are too many: the move is made by itself.
TEST_F(LowerTest, SmallMovesOfLargeNumbersAreMadeApart) {
  const char* program =
      R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>, %w: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.multiply %a, %b : tensor<4xf32>
    %r = "sotto.tabulated"() {values = array<f64: 1.0e-5, 2.0e-5>} : () -> tensor<4xf32>
    %1 = stablehlo.multiply %0, %r : tensor<4xf32>
    %large = stablehlo.constant dense<1048576.0> : tensor<4xf32>
    %2 = stablehlo.multiply %w, %large : tensor<4xf32>
    %3 = stablehlo.add %2, %1 : tensor<4xf32>
    return %3 : tensor<4xf32>
  })";
  auto module = lowered(program, 1e-4);
  ASSERT_TRUE(module) << reported_;
  EXPECT_EQ(count<privacy::ContractOp>(*module), 1) << print(*module);
  EXPECT_EQ(count<privacy::AddOp>(*module), 1) << print(*module);
  // 1e-5 has its seven bits at 2^24; a sum below 2^10 would have no room for 60 fraction bits.
  EXPECT_EQ(only<privacy::ContractOp>(*module).getTruncate(), 42u);
}

TEST_F(LowerTest, MaximumOfTwoSecrets) {
  auto module = lowered(R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.maximum %a, %b : tensor<4xf32>
    return %0 : tensor<4xf32>
  })");
  ASSERT_TRUE(module) << reported_;
  EXPECT_EQ(only<privacy::ContractOp>(*module).getThen(), "relu") << print(*module);
}

TEST_F(LowerTest, MisuseNamesTheOperationAndTheReason) {
  EXPECT_FALSE(lowered(R"(func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.sine %a : tensor<4xf32>
    return %0 : tensor<4xf32>
  })"));
  EXPECT_THAT(reported_, HasSubstr("'stablehlo.sine' has no private kernel"));

  EXPECT_FALSE(lowered(R"(func.func @f(%a: tensor<4xf32>) -> tensor<4xf32> {
    %r = "sotto.tabulated"() {values = array<f64: 0.25, 0.5>} : () -> tensor<4xf32>
    %0 = stablehlo.multiply %a, %r : tensor<4xf32>
    return %0 : tensor<4xf32>
  })"));
  EXPECT_THAT(reported_, HasSubstr("changes from step to step can multiply a product only"));

  EXPECT_FALSE(lowered(R"(func.func @f(%a: tensor<4x4xf32>) -> tensor<4x4xf32> {
    %0 = stablehlo.dot_general %a, %a, contracting_dims = [1] x [0] : (tensor<4x4xf32>, tensor<4x4xf32>) -> tensor<4x4xf32>
    return %0 : tensor<4x4xf32>
  })",
                       1e15));
  EXPECT_THAT(reported_, HasSubstr("does not fit 64-bit fixed point"));

  EXPECT_FALSE(lowered(R"(func.func @f(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
    %0 = stablehlo.divide %a, %b : tensor<4xf32>
    return %0 : tensor<4xf32>
  })"));
  EXPECT_THAT(reported_, HasSubstr("needs an operand that is positive"));
}

}  // namespace
}  // namespace sotto::passes
