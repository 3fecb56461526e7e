// Infinities and NaN, which fixed point does not have: the error names the place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "frontends/stablehlo/read.h"
#include "passes/pipeline.h"

namespace sotto::tests {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// Of a program with one input x, `size` numbers in [-1, 1], and one result; its first line is line 2.
std::string complaint(const std::string& body, const std::string& size = "4") {
  passes::Options options;
  options.name = "program";
  options.protocol = "plain";
  options.roles = {"all"};
  options.inputs = {{.name = "arg0", .role = "all", .encoding = "", .file = ""}};
  options.reveals = {{.name = "0", .roles = {"all"}}};
  mlir::MLIRContext context;
  frontends::stablehlo::load_dialects(context);
  const auto type = "tensor<" + size + "xf32>";
  const auto text =
      "func.func @main(%x: " + type + ") -> " + type + " {\n" + body + "\nreturn %r : " + type + "\n}\n";
  auto module = frontends::stablehlo::read_or_throw(context, text, "model.mlir");
  try {
    passes::compile(*module, options);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModel) << error.what();
    return error.what();
  }
  return "compiled";
}

TEST(BoundlessTest, ExampleWhatUsesTheConstantIsNamedByItsPlace) {
  for (const char* constant : {"[1.0, 0x7FC00000, 2.0, 3.0]", "0x7FC00000", "0x7F800000", "0xFF800000"})
    for (const char* operation : {"add", "multiply", "minimum"})
      EXPECT_THAT(
          complaint("%one = stablehlo.constant dense<1.0> : tensor<4xf32>\n"
                    "%y = stablehlo.add %x, %one : tensor<4xf32>\n"
                    "%c = stablehlo.constant dense<" +
                    std::string(constant) +
                    "> : tensor<4xf32>\n"
                    "%r = stablehlo." +
                    operation + " %y, %c : tensor<4xf32>"),
          AllOf(HasSubstr("model.mlir:5:"), HasSubstr("constant operand that holds an infinity or NaN")))
          << constant << " " << operation;
}

TEST(BoundlessTest, AConstantThatIsSpreadIsNamedToo) {
  EXPECT_THAT(complaint("%c = stablehlo.constant dense<0x7F800000> : tensor<f32>\n"
                        "%b = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<f32>) -> tensor<4xf32>\n"
                        "%r = stablehlo.add %x, %b : tensor<4xf32>"),
              AllOf(HasSubstr("model.mlir:4:"), HasSubstr("constant operand")));
}

// On the sample the condition holds everywhere: that does not make the constant a number.
TEST(BoundlessTest, AConstantThatTheSampleDoesNotReach) {
  EXPECT_THAT(
      complaint("%low = stablehlo.constant dense<-100.0> : tensor<4xf32>\n"
                "%inf = stablehlo.constant dense<0x7F800000> : tensor<4xf32>\n"
                "%p = stablehlo.compare GT, %x, %low : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xi1>\n"
                "%r = stablehlo.select %p, %x, %inf : tensor<4xi1>, tensor<4xf32>"),
      AllOf(HasSubstr("model.mlir:5:"), HasSubstr("constant operand")));
}

TEST(BoundlessTest, WhatTheProgramMakesIsNamedToo) {
  EXPECT_THAT(complaint("%c = stablehlo.constant dense<1000.0> : tensor<4xf32>\n"
                        "%y = stablehlo.multiply %x, %c : tensor<4xf32>\n"
                        "%z = stablehlo.exponential %y : tensor<4xf32>\n"
                        "%r = stablehlo.add %z, %x : tensor<4xf32>"),
              AllOf(HasSubstr("model.mlir:4:"), HasSubstr("'stablehlo.exponential' gives an infinity or NaN"),
                    HasSubstr("step 0")));
}

TEST(BoundlessTest, ATensorWithoutElementsIsRefused) {
  EXPECT_THAT(complaint("%r = stablehlo.add %x, %x : tensor<0xf32>", "0"),
              AllOf(HasSubstr("model.mlir:1:"), HasSubstr("has no elements")));
}

// A maximum may start with an infinity, which is neutral.
TEST(BoundlessTest, AStartOfAMaximumIsNoNumber) {
  EXPECT_EQ(
      complaint("%low = stablehlo.constant dense<0xFF800000> : tensor<f32>\n"
                "%m = stablehlo.reduce(%x init: %low) applies stablehlo.maximum across dimensions = [0] : "
                "(tensor<4xf32>, tensor<f32>) -> tensor<f32>\n"
                "%r = stablehlo.broadcast_in_dim %m, dims = [] : (tensor<f32>) -> tensor<4xf32>"),
      "compiled");
}

}  // namespace
}  // namespace sotto::tests
