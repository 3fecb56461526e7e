#include "ir/interpreter/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "ir/stablehlo/dialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"

namespace sotto::ir {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A context with the dialects, a program, and what was said about it.
class Interpreter : public ::testing::Test {
 protected:
  Interpreter()
      : context_(mlir::MLIRContext::Threading::DISABLED),
        handler_(&context_, [this](mlir::Diagnostic& diagnostic) { messages_ += diagnostic.str() + "\n"; }) {
    context_.loadDialect<mlir::func::FuncDialect, stablehlo::StablehloDialect>();
    context_.printOpOnDiagnostic(false);
  }

  mlir::func::FuncOp parse(const std::string& text) {
    module_ = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    EXPECT_TRUE(module_) << messages_;
    return *module_->getOps<mlir::func::FuncOp>().begin();
  }

  std::vector<Array> run(const std::string& text, llvm::ArrayRef<Array> inputs,
                         const Observer& observer = {}) {
    mlir::FailureOr<std::vector<Array>> results = evaluate(parse(text), inputs, observer);
    EXPECT_TRUE(mlir::succeeded(results)) << messages_;
    return mlir::succeeded(results) ? *results : std::vector<Array>();
  }

  // One operation on a vector of floats.
  std::vector<float> unary(const std::string& operation, std::vector<float> values) {
    std::string type = "tensor<" + std::to_string(values.size()) + "xf32>";
    Shape shape = {static_cast<std::int64_t>(values.size())};
    return run("func.func @f(%x: " + type + ") -> " + type + " {\n %0 = stablehlo." + operation +
                   " %x : " + type + "\n return %0 : " + type + "\n}",
               Array::floats(shape, std::move(values)))[0]
        .as<float>();
  }

  mlir::MLIRContext context_;
  std::string messages_;
  mlir::ScopedDiagnosticHandler handler_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

constexpr char kLayer[] = R"(
func.func @layer(%w: tensor<2x3xf32>, %b: tensor<3xf32>, %x: tensor<2x2xf32>) -> tensor<2x3xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<2x2xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<2x3xf32>
  %2 = stablehlo.add %0, %1 : tensor<2x3xf32>
  %3 = stablehlo.constant dense<0.0> : tensor<2x3xf32>
  %4 = stablehlo.maximum %2, %3 : tensor<2x3xf32>
  return %4 : tensor<2x3xf32>
})";

TEST_F(Interpreter, EvaluatesALayerAndShowsEveryResult) {
  Array w = Array::floats({2, 3}, {1, 2, 3, 4, 5, 6}), b = Array::floats({3}, {0.5, -100, 1});
  Array x = Array::floats({2, 2}, {1, 0, -1, 1});
  std::vector<std::string> seen;
  std::vector<Array> results = run(kLayer, {w, b, x}, [&](mlir::Operation* op, unsigned, const Array& value) {
    seen.push_back(op->getName().getStringRef().str() + " " + std::to_string(value.at(0)));
  });
  ASSERT_EQ(results.size(), 1u);
  EXPECT_THAT(results[0].as<float>(), ElementsAre(1.5, 0, 4, 3.5, 0, 4));
  EXPECT_THAT(seen, ElementsAre("stablehlo.dot_general 1.000000", "stablehlo.broadcast_in_dim 0.500000",
                                "stablehlo.add 1.500000", "stablehlo.constant 0.000000",
                                "stablehlo.maximum 1.500000"));
}

TEST_F(Interpreter, SpecialFloats) {
  const float nan = std::nanf("");
  EXPECT_THAT(unary("log", {0, 1, kInfinity}), ElementsAre(-kInfinity, 0, kInfinity));
  EXPECT_TRUE(std::isnan(unary("log", {-1})[0]));
  EXPECT_THAT(unary("logistic", {-200, 0, 200}), ElementsAre(0, 0.5, 1));
  EXPECT_THAT(unary("rsqrt", {4, 0, kInfinity}), ElementsAre(0.5, kInfinity, 0));
  EXPECT_THAT(unary("sign", {-3, 0, 5}), ElementsAre(-1, 0, 1));
  EXPECT_TRUE(std::isnan(unary("sign", {nan})[0]));
  EXPECT_THAT(unary("round_nearest_afz", {-2.5, 0.5, 1.4}), ElementsAre(-3, 1, 1));
  EXPECT_THAT(unary("tanh", {-40, 0, 40}), ElementsAre(-1, 0, 1));
  const char* program = R"(func.func @f(%x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
      %0 = stablehlo.maximum %x, %y : tensor<2xf32>
      return %0 : tensor<2xf32> })";
  std::vector<Array> result = run(program, {Array::floats({2}, {nan, 1}), Array::floats({2}, {1, nan})});
  EXPECT_TRUE(std::isnan(result[0].at(0)) && std::isnan(result[0].at(1)));
}

TEST_F(Interpreter, IntegersWrapAndDivideTowardZero) {
  const char* program =
      R"(func.func @f(%x: tensor<4xi8>, %y: tensor<4xi8>) -> (tensor<4xi8>, tensor<4xi8>, tensor<4xi8>) {
      %0 = stablehlo.add %x, %y : tensor<4xi8>
      %1 = stablehlo.divide %x, %y : tensor<4xi8>
      %2 = stablehlo.power %x, %y : tensor<4xi8>
      return %0, %1, %2 : tensor<4xi8>, tensor<4xi8>, tensor<4xi8> })";
  std::vector<Array> results = run(program, {Array::integers(ElementType::kI8, {4}, {127, -7, -128, 5}),
                                             Array::integers(ElementType::kI8, {4}, {1, 2, -1, 0})});
  EXPECT_THAT(results[0].as<std::int64_t>(), ElementsAre(-128, -5, 127, 5));
  EXPECT_THAT(results[1].as<std::int64_t>(), ElementsAre(127, -3, -128, -1));
  EXPECT_THAT(results[2].as<std::int64_t>(), ElementsAre(127, 49, 0, 1));
}

TEST_F(Interpreter, ConvertsBetweenAllKinds) {
  const char* program =
      R"(func.func @f(%x: tensor<4xf32>) -> (tensor<4xi32>, tensor<4xui8>, tensor<4xi1>, tensor<4xbf16>) {
      %0 = stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xi32>
      %1 = stablehlo.convert %0 : (tensor<4xi32>) -> tensor<4xui8>
      %2 = stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xi1>
      %3 = stablehlo.convert %x : (tensor<4xf32>) -> tensor<4xbf16>
      return %0, %1, %2, %3 : tensor<4xi32>, tensor<4xui8>, tensor<4xi1>, tensor<4xbf16> })";
  std::vector<Array> results = run(program, Array::floats({4}, {-1.9, 0.25, 300.5, 0}));
  EXPECT_THAT(results[0].as<std::int64_t>(), ElementsAre(-1, 0, 300, 0));
  EXPECT_THAT(results[1].as<std::int64_t>(), ElementsAre(255, 0, 44, 0));
  EXPECT_THAT(results[2].as<std::int64_t>(), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(results[3].as<float>(), ElementsAre(-1.8984375, 0.25, 300, 0));
}

// Every number of rows, odd and even, and the empty reduction, which gives the initial value.
TEST_F(Interpreter, ReducesAnyNumberOfRows) {
  for (int rows = 0; rows < 10; ++rows) {
    std::string type = "tensor<" + std::to_string(rows) + "x2xi32>";
    std::string program = "func.func @f(%x: " + type + R"() -> (tensor<2xi32>, tensor<2xi32>) {
        %c = stablehlo.constant dense<7> : tensor<i32>
        %0 = stablehlo.reduce(%x init: %c) applies stablehlo.add across dimensions = [0] : ()" +
                          type + R"(, tensor<i32>) -> tensor<2xi32>
        %1 = stablehlo.reduce(%x init: %c) across dimensions = [0] : ()" +
                          type + R"(, tensor<i32>) -> tensor<2xi32>
         reducer(%a: tensor<i32>, %b: tensor<i32>) {
           %k = stablehlo.constant dense<1> : tensor<i32>
           %p = stablehlo.multiply %b, %k : tensor<i32>
           %q = stablehlo.maximum %a, %p : tensor<i32>
           stablehlo.return %q : tensor<i32>
         }
        return %0, %1 : tensor<2xi32>, tensor<2xi32> })";
    std::vector<std::int64_t> values;
    for (int i = 0; i < 2 * rows; ++i) values.push_back(10 * i);
    std::vector<Array> results = run(program, Array::integers(ElementType::kI32, {rows, 2}, values));
    int sum = 10 * rows * (rows - 1);
    EXPECT_THAT(results[0].as<std::int64_t>(), ElementsAre(7 + sum, 7 + sum + 10 * rows));
    EXPECT_THAT(results[1].as<std::int64_t>(),
                ElementsAre(std::max(7, 20 * (rows - 1)), rows == 0 ? 7 : std::max(7, 20 * (rows - 1) + 10)));
  }
}

// Against the definition, for shapes on both sides of every tile boundary, transposed and batched.
TEST_F(Interpreter, DotGeneralMatchesItsDefinition) {
  for (auto [m, k, n] : {std::array{1, 1, 1}, {3, 5, 15}, {4, 7, 16}, {5, 2, 17}, {9, 33, 40}, {4, 0, 3}}) {
    auto type = [](int a, int b) {
      return "tensor<2x" + std::to_string(a) + "x" + std::to_string(b) + "xf32>";
    };
    std::string program =
        "func.func @f(%x: " + type(k, m) + ", %y: " + type(n, k) + ") -> " + type(m, n) +
        " {\n %0 = stablehlo.dot_general %x, %y, batching_dims = [0] x [0], contracting_dims = [1] "
        "x [2] : (" +
        type(k, m) + ", " + type(n, k) + ") -> " + type(m, n) + "\n return %0 : " + type(m, n) + "\n}";
    auto values = [](int count, int seed) {
      std::vector<float> list;
      for (int i = 0; i < count; ++i) list.push_back(static_cast<float>((i * 37 + seed) % 11 - 5));
      return list;
    };
    std::vector<float> x = values(2 * k * m, 1), y = values(2 * n * k, 4);
    std::vector<Array> results = run(program, {Array::floats({2, k, m}, x), Array::floats({2, n, k}, y)});
    for (int index = 0; index < 2 * m * n; ++index) {
      int b = index / (m * n), i = index / n % m, j = index % n;
      float sum = 0;
      for (int l = 0; l < k; ++l) sum += x[(b * k + l) * m + i] * y[(b * n + j) * k + l];
      ASSERT_EQ(results[0].as<float>()[index], sum) << m << " " << k << " " << n << " at " << index;
    }
  }
}

TEST_F(Interpreter, PadRemovesWhatFallsOffTheEdges) {
  const char* program =
      R"(func.func @f(%x: tensor<4xi32>, %p: tensor<i32>) -> (tensor<6xi32>, tensor<2xi32>) {
      %0 = stablehlo.pad %x, %p, low = [-1], high = [0], interior = [1] : (tensor<4xi32>, tensor<i32>) -> tensor<6xi32>
      %1 = stablehlo.pad %x, %p, low = [6], high = [-8], interior = [0] : (tensor<4xi32>, tensor<i32>) -> tensor<2xi32>
      return %0, %1 : tensor<6xi32>, tensor<2xi32> })";
  std::vector<Array> results = run(program, {Array::integers(ElementType::kI32, {4}, {1, 2, 3, 4}),
                                             Array::integers(ElementType::kI32, {}, {9})});
  EXPECT_THAT(results[0].as<std::int64_t>(), ElementsAre(9, 2, 9, 3, 9, 4));
  EXPECT_THAT(results[1].as<std::int64_t>(), ElementsAre(9, 9));
}

TEST_F(Interpreter, ScatterDropsWhatIsOutside) {
  const char* program =
      R"(func.func @f(%x: tensor<3xf32>, %i: tensor<4x1xi32>, %u: tensor<4xf32>) -> tensor<3xf32> {
      %0 = "stablehlo.scatter"(%x, %i, %u) <{scatter_dimension_numbers = #stablehlo.scatter<inserted_window_dims = [0],
            scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
        ^bb0(%a: tensor<f32>, %b: tensor<f32>):
          %s = stablehlo.add %a, %b : tensor<f32>
          stablehlo.return %s : tensor<f32>
        }) : (tensor<3xf32>, tensor<4x1xi32>, tensor<4xf32>) -> tensor<3xf32>
      return %0 : tensor<3xf32> })";
  std::vector<Array> results =
      run(program, {Array::floats({3}, {1, 2, 3}), Array::integers(ElementType::kI32, {4, 1}, {2, 0, 3, 2}),
                    Array::floats({4}, {10, 20, 30, 40})});
  EXPECT_THAT(results[0].as<float>(), ElementsAre(21, 2, 53));
}

TEST_F(Interpreter, ConstantsGoThereAndBack) {
  auto function = parse(R"(func.func @f() {
      %0 = stablehlo.constant dense<[1.5, -2.0]> : tensor<2xf32>
      %1 = stablehlo.constant dense<[[-1, 5]]> : tensor<1x2xi16>
      %2 = stablehlo.constant dense<[18446744073709551615, 0]> : tensor<2xui64>
      %3 = stablehlo.constant dense<[true, false]> : tensor<2xi1>
      %4 = stablehlo.constant dense<[0.5, 2.0]> : tensor<2xf16>
      %5 = stablehlo.constant dense<3.25> : tensor<2xf64>
      return })");
  function.walk([&](stablehlo::ConstantOp constant) {
    auto value = llvm::cast<mlir::DenseElementsAttr>(constant.getValue());
    EXPECT_EQ(to_constant(context_, to_array(value)), value);
  });
}

TEST_F(Interpreter, MisuseIsToldWithTheTypes) {
  auto function = parse(kLayer);
  EXPECT_TRUE(mlir::failed(evaluate(function, {})));
  EXPECT_THAT(messages_, HasSubstr("takes 3 inputs but 0 were given"));
  Array x = Array::floats({2, 2}, {1, 2, 3, 4});
  EXPECT_TRUE(mlir::failed(evaluate(function, {x, x, x})));
  EXPECT_THAT(messages_,
              HasSubstr("argument 0 is 'tensor<2x3xf32>' but the input has type f32 and shape (2, 2)"));
  function = parse(R"(func.func @f(%x: tensor<2xf32>, %y: tensor<2xf32>) {
      stablehlo.custom_call @check.expect_close(%x, %y) : (tensor<2xf32>, tensor<2xf32>) -> ()
      return })");
  EXPECT_TRUE(
      mlir::failed(evaluate(function, {Array::floats({2}, {1, 1}), Array::floats({2}, {1, 1.0001})})));
  EXPECT_THAT(messages_, HasSubstr("check.expect_close: element 1 is 1"));
}

}  // namespace
}  // namespace sotto::ir
