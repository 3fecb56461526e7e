// Programs written in tests.
#pragma once

#include <gtest/gtest.h>

#include "ir/sotto/dialect.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassManager.h"
#include "passes/support/tensors.h"

namespace sotto::passes {

// A context with all dialects; keeps what was reported.
class ProgramTest : public testing::Test {
 protected:
  ProgramTest()
      : handler_(&context_, [this](mlir::Diagnostic& diagnostic) { reported_ += diagnostic.str() + "\n"; }) {
    context_.loadDialect<hlo::StablehloDialect, ir::privacy::SottoDialect, mlir::func::FuncDialect>();
  }

  mlir::OwningOpRef<mlir::ModuleOp> parse(llvm::StringRef text) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    EXPECT_TRUE(module) << reported_;
    return module;
  }

  mlir::LogicalResult run(mlir::ModuleOp module, std::unique_ptr<mlir::Pass> pass) {
    mlir::PassManager manager(&context_);
    manager.addPass(std::move(pass));
    return manager.run(module);
  }

  static std::string print(mlir::ModuleOp module) {
    std::string text;
    llvm::raw_string_ostream(text) << module;
    return text;
  }
  template <class Op>
  static int count(mlir::ModuleOp module) {
    int found = 0;
    module.walk([&](Op) { ++found; });
    return found;
  }
  static mlir::func::FuncOp function(mlir::ModuleOp module) {
    return *module.getOps<mlir::func::FuncOp>().begin();
  }

  mlir::MLIRContext context_;
  std::string reported_;
  mlir::ScopedDiagnosticHandler handler_;
};

}  // namespace sotto::passes
