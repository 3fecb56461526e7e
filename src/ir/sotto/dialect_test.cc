// Kernel operations as text: what their verifiers accept and what they say.
#include "ir/sotto/dialect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

namespace sotto::ir::privacy {
namespace {

using testing::HasSubstr;

constexpr const char* kHead = R"(
!lhs = !sotto.fixed<[2, 9, 9, 4], fraction = 18, bound = 2 declared, secret>
!rhs = !sotto.fixed<[3, 3, 4, 5], fraction = 18, bound = 0 declared, secret>
!result = !sotto.fixed<[2, 4, 4, 5], fraction = 18, bound = 6 declared, secret>
func.func @f(%a: !lhs, %b: !rhs) -> !result {
)";

// The module as printed, or what was wrong with it.
std::string read(const std::string& body) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<mlir::func::FuncDialect, SottoDialect>();
  std::string said;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic& diagnostic) {
    said += diagnostic.str() + "\n";
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(kHead + body + "\n}", &context);
  if (!module) return said;
  llvm::raw_string_ostream stream(said);
  module->print(stream);
  return said;
}

std::string contraction(const std::string& product, const std::string& attributes) {
  return R"(%0 = sotto.contract %a, %b {product = ")" + product +
         R"(", transpose_a = 0, transpose_b = 0, product_scale = 1, addend_scales = array<i64>,
             addend_rows = array<i64>, truncate = 18, then = "none", window = 64,
             resultSegmentSizes = array<i32: 1, 0, 0>)" +
         attributes + "} : (!lhs, !rhs) -> !result\n func.return %0 : !result";
}

TEST(SottoDialect, ContractionsMayBeConvolutions) {
  const std::string text = read(
      contraction("convolution", ", window_strides = array<i64: 2, 2>, padding = array<i64: 0, 1, 1, 0>"));
  EXPECT_THAT(text, HasSubstr("sotto.contract"));
  EXPECT_THAT(text, HasSubstr("window_strides = array<i64: 2, 2>"));
  EXPECT_THAT(read(contraction("convolution", ", padding = array<i64: 0, 1>")),
              HasSubstr("needs 4 integers in padding"));
  EXPECT_THAT(read(contraction("convolution", ", lhs_dimensions = [0, 1, 2, 3]")),
              HasSubstr("needs 4 integers in lhs_dimensions"));
  EXPECT_THAT(read(contraction("matmul", ", rhs_dilation = array<i64: 1, 1>")),
              HasSubstr("has rhs_dilation, which only a convolution has"));
  EXPECT_THAT(read(contraction("outer", "")), HasSubstr("known are none, elementwise, matmul, convolution"));
}

TEST(SottoDialect, PadAndReverse) {
  const std::string text = read(R"(
    %0 = sotto.reverse %a {axes = array<i64: 1, 2>} : (!lhs) -> !lhs
    %1 = sotto.pad %0 {low = array<i64: 0, 1, -1, 0>, high = array<i64: 0, 0, 0, 0>, interior = array<i64: 0, 1, 0, 0>}
      : (!lhs) -> !sotto.fixed<[2, 18, 8, 4], fraction = 18, bound = 2 declared, secret>
    %2 = sotto.contract %a, %b {product = "convolution", transpose_a = 0, transpose_b = 0, product_scale = 1,
      addend_scales = array<i64>, addend_rows = array<i64>, truncate = 18, then = "none", window = 64, resultSegmentSizes = array<i32: 1, 0, 0>}
      : (!lhs, !rhs) -> !result
    func.return %2 : !result)");
  EXPECT_THAT(text, HasSubstr("sotto.reverse"));
  EXPECT_THAT(text, HasSubstr("sotto.pad"));
}

}  // namespace
}  // namespace sotto::ir::privacy
