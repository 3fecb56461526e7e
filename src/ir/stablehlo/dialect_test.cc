// Building operations from C++, as passes do, and folding; text is tested where programs are read.
#include "ir/stablehlo/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace sotto::ir::stablehlo {
namespace {

TEST(Dialect, BuildersInferTypes) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, StablehloDialect>();
  mlir::OpBuilder builder(&context);
  mlir::Location location = builder.getUnknownLoc();
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(location);
  builder.setInsertionPointToEnd(module->getBody());
  auto tensor = [&](llvm::ArrayRef<int64_t> shape) {
    return mlir::RankedTensorType::get(shape, builder.getF32Type());
  };
  auto function = builder.create<mlir::func::FuncOp>(
      location, "f", builder.getFunctionType({tensor({4, 2}), tensor({2, 3})}, {}));
  mlir::Block& block = *function.addEntryBlock();
  builder.setInsertionPointToEnd(&block);
  mlir::Value product = builder.create<DotGeneralOp>(location, block.getArgument(0), block.getArgument(1),
                                                     llvm::ArrayRef<int64_t>{1}, llvm::ArrayRef<int64_t>{0});
  EXPECT_EQ(product.getType(), tensor({4, 3}));
  mlir::Value turned = builder.create<TransposeOp>(location, product, llvm::ArrayRef<int64_t>{1, 0});
  EXPECT_EQ(turned.getType(), tensor({3, 4}));
  mlir::Value zero = builder.create<ConstantOp>(
      location, mlir::DenseElementsAttr::get(tensor({}), llvm::ArrayRef<float>{0.0f}));
  auto sum = builder.create<ReduceOp>(location, turned, zero, llvm::ArrayRef<int64_t>{1}, "stablehlo.add");
  EXPECT_EQ(sum.getResult(0).getType(), tensor({3}));
  EXPECT_EQ(sum.single_operation(), "stablehlo.add");
  auto mask = builder.create<CompareOp>(location, turned, turned, ComparisonDirection::GT);
  EXPECT_EQ(mask.getCompareType(), ComparisonType::FLOAT);
  builder.create<mlir::func::ReturnOp>(location);
  EXPECT_TRUE(mlir::succeeded(mlir::verify(*module)));

  mlir::PassManager passes(&context);
  passes.addPass(mlir::createCanonicalizerPass());
  EXPECT_TRUE(mlir::succeeded(passes.run(*module)));
  EXPECT_EQ(block.getOperations().size(), 1u) << "nothing was used: all is pure, all is gone";
}

TEST(Dialect, NamesWhatItSupports) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<StablehloDialect>();
  std::string message = unsupported_operation(context, "stablehlo.while");
  EXPECT_THAT(message, testing::StartsWith("operation 'stablehlo.while' is not supported; supported are: "
                                           "stablehlo.abs, stablehlo.add, stablehlo.and"));
}

}  // namespace
}  // namespace sotto::ir::stablehlo
