// convolution, reduce_window and select_and_scatter against their definitions, written here as plain loops
// over every index.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>

#include "ir/interpreter/interpreter.h"
#include "ir/stablehlo/dialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace sotto::ir {
namespace {

using stablehlo::Window;
using ::testing::ElementsAre;

// Small whole numbers: their sums are exact in any order.
Array whole_numbers(Shape shape, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(element_count(shape));
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 11) - 5);
  return Array::floats(std::move(shape), std::move(values));
}

class WindowTest : public ::testing::Test {
 protected:
  WindowTest() : context_(mlir::MLIRContext::Threading::DISABLED), builder_(&context_) {
    context_.loadDialect<mlir::func::FuncDialect, stablehlo::StablehloDialect>();
  }

  mlir::RankedTensorType type(const Shape& shape) {
    return mlir::RankedTensorType::get(shape, builder_.getF32Type());
  }

  // A function of these inputs whose result `build` makes from its arguments.
  mlir::func::FuncOp function(llvm::ArrayRef<Array> inputs,
                              llvm::function_ref<mlir::Value(mlir::ValueRange)> build) {
    const mlir::Location place = builder_.getUnknownLoc();
    module_ = mlir::ModuleOp::create(place);
    builder_.setInsertionPointToEnd(module_->getBody());
    llvm::SmallVector<mlir::Type> types;
    for (const Array& input : inputs) types.push_back(type(input.shape()));
    auto function = builder_.create<mlir::func::FuncOp>(place, "f", builder_.getFunctionType(types, {}));
    builder_.setInsertionPointToEnd(function.addEntryBlock());
    mlir::Value result = build(function.getArguments());
    builder_.create<mlir::func::ReturnOp>(place, result);
    function.setFunctionType(builder_.getFunctionType(types, result.getType()));
    EXPECT_TRUE(mlir::succeeded(mlir::verify(*module_)));
    return function;
  }

  Array run(llvm::ArrayRef<Array> inputs, llvm::function_ref<mlir::Value(mlir::ValueRange)> build) {
    mlir::FailureOr<std::vector<Array>> results = evaluate(function(inputs, build), inputs);
    EXPECT_TRUE(mlir::succeeded(results));
    return mlir::succeeded(results) ? (*results)[0] : Array();
  }

  mlir::MLIRContext context_;
  mlir::OpBuilder builder_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
};

// Two spatial dimensions: which dimension of each tensor is what.
struct Layout {
  Shape input{0, 3, 1, 2}, kernel{2, 3, 0, 1}, output{0, 3, 1, 2};  // batch (or i), feature (or o), spatial
};

stablehlo::ConvDimensionNumbersAttr numbers(mlir::MLIRContext& context, const Layout& layout) {
  auto spatial = [](const Shape& shape) { return llvm::ArrayRef<int64_t>(shape).drop_front(2); };
  return stablehlo::ConvDimensionNumbersAttr::get(
      &context, layout.input[0], layout.input[1], spatial(layout.input), layout.kernel[0], layout.kernel[1],
      spatial(layout.kernel), layout.output[0], layout.output[1], spatial(layout.output));
}

// The element of `x` at (first, second, h, w) by a layout's names; 0 in padding and in gaps, of which
// `window` tells.
float element(const Array& x, const Shape& places, std::array<std::int64_t, 4> index) {
  std::int64_t flat = 0;
  for (std::size_t d = 0; d < 4; ++d) {
    const auto name = std::ranges::find(places, static_cast<std::int64_t>(d)) - places.begin();
    flat = flat * x.shape()[d] + index[name];
  }
  return x.as<float>()[flat];
}

// One element of the result, as the specification of StableHLO has it.
float convolved(const Array& x, const Array& k, const Layout& layout, const Window& window,
                std::int64_t feature_groups, std::int64_t batch_groups, std::array<std::int64_t, 4> at) {
  const std::int64_t taken = k.shape()[layout.kernel[0]], given = k.shape()[layout.kernel[1]];
  const std::int64_t batch = x.shape()[layout.input[0]] / batch_groups;
  const std::int64_t group = at[1] / (given / (feature_groups * batch_groups));
  float sum = 0;
  for (std::int64_t kh = 0; kh < window[0].size; ++kh)
    for (std::int64_t kw = 0; kw < window[1].size; ++kw)
      for (std::int64_t i = 0; i < taken; ++i) {
        const std::int64_t h = at[2] * window[0].stride + kh * window[0].dilation - window[0].low;
        const std::int64_t w = at[3] * window[1].stride + kw * window[1].dilation - window[1].low;
        if (h < 0 || w < 0 || h % window[0].base_dilation != 0 || w % window[1].base_dilation != 0) continue;
        const std::int64_t row = h / window[0].base_dilation, column = w / window[1].base_dilation;
        if (row >= x.shape()[layout.input[2]] || column >= x.shape()[layout.input[3]]) continue;
        const std::int64_t example = at[0] + (batch_groups > 1 ? group * batch : 0);
        const std::int64_t feature = i + (feature_groups > 1 ? group * taken : 0);
        const std::int64_t kr = window[0].reversed ? window[0].size - 1 - kh : kh;
        const std::int64_t kc = window[1].reversed ? window[1].size - 1 - kw : kw;
        sum += element(x, layout.input, {example, feature, row, column}) *
               element(k, layout.kernel, {i, at[1], kr, kc});
      }
  return sum;
}

class ConvolutionTest : public WindowTest {
 protected:
  void expect_definition(const Array& x, const Array& k, const Layout& layout, Window window,
                         std::int64_t feature_groups = 1, std::int64_t batch_groups = 1) {
    window[0].size = k.shape()[layout.kernel[2]];
    window[1].size = k.shape()[layout.kernel[3]];
    const Array result = run({x, k}, [&](mlir::ValueRange arguments) {
      return builder_.create<stablehlo::ConvolutionOp>(builder_.getUnknownLoc(), arguments[0], arguments[1],
                                                       numbers(context_, layout), window, feature_groups,
                                                       batch_groups);
    });
    ASSERT_GT(result.size(), 0u);
    const Shape& shape = result.shape();
    for (std::int64_t b = 0; b < shape[layout.output[0]]; ++b)
      for (std::int64_t f = 0; f < shape[layout.output[1]]; ++f)
        for (std::int64_t h = 0; h < shape[layout.output[2]]; ++h)
          for (std::int64_t w = 0; w < shape[layout.output[3]]; ++w)
            ASSERT_EQ(element(result, layout.output, {b, f, h, w}),
                      convolved(x, k, layout, window, feature_groups, batch_groups, {b, f, h, w}))
                << b << " " << f << " " << h << " " << w;
  }
};

TEST_F(ConvolutionTest, ExampleOfNetworks) {
  expect_definition(whole_numbers({2, 9, 8, 3}, 1), whole_numbers({5, 5, 3, 17}, 2), {}, Window(2));
}

TEST_F(ConvolutionTest, EveryWindow) {
  for (std::int64_t stride : {1, 2, 3})
    for (std::int64_t low : {-1, 0, 2})
      for (std::int64_t base : {1, 2})
        for (std::int64_t dilation : {1, 2})
          for (bool reversed : {false, true}) {
            Window window(2);
            window[0] = {
                .stride = stride, .low = low, .high = 2, .base_dilation = base, .dilation = dilation};
            window[1] = {.stride = 1, .low = 1, .high = low, .base_dilation = dilation, .dilation = 1};
            window[1].reversed = reversed;
            expect_definition(whole_numbers({2, 7, 6, 2}, 3), whole_numbers({3, 2, 2, 3}, 4), {}, window);
          }
}

TEST_F(ConvolutionTest, EveryLayoutAndGroups) {
  const Layout by_channel{.input = {0, 1, 2, 3}, .kernel = {1, 0, 2, 3}, .output = {0, 1, 2, 3}};
  expect_definition(whole_numbers({2, 3, 6, 5}, 1), whole_numbers({4, 3, 3, 2}, 2), by_channel, Window(2));
  // As gradients of kernels are: the batch is summed over.
  const Layout of_kernels{.input = {3, 0, 1, 2}, .kernel = {0, 3, 1, 2}, .output = {2, 3, 0, 1}};
  expect_definition(whole_numbers({5, 7, 6, 2}, 1), whole_numbers({5, 4, 5, 3}, 2), of_kernels, Window(2));
  expect_definition(whole_numbers({2, 6, 5, 6}, 1), whole_numbers({3, 3, 2, 9}, 2), {}, Window(2), 3);
  expect_definition(whole_numbers({6, 6, 5, 2}, 1), whole_numbers({3, 3, 2, 9}, 2), {}, Window(2), 1, 3);
}

// Deep sums are cut into pieces, many rows into blocks: nothing shows at the seams.
TEST_F(ConvolutionTest, DeepAndLong) {
  expect_definition(whole_numbers({1, 21, 20, 9}, 1), whole_numbers({20, 19, 9, 2}, 2), {}, Window(2));
  expect_definition(whole_numbers({3, 40, 30, 1}, 1), whole_numbers({2, 2, 1, 3}, 2), {}, Window(2));
}

// Sums of nothing, and windows that see padding alone, are zero.
TEST_F(ConvolutionTest, OfNothing) {
  expect_definition(whole_numbers({2, 4, 4, 0}, 1), whole_numbers({3, 3, 0, 2}, 2), {}, Window(2));
  Window padded(2);
  padded[0].low = padded[1].high = 3;
  padded[0].high = padded[1].low = 2;
  expect_definition(whole_numbers({2, 0, 0, 2}, 1), whole_numbers({3, 3, 2, 2}, 2), {}, padded);
}

TEST_F(ConvolutionTest, IsFastEnoughToTrainWith) {
  const Array x = whole_numbers({128, 12, 12, 20}, 1), k = whole_numbers({5, 5, 20, 50}, 2);
  auto f = function({x, k}, [&](mlir::ValueRange arguments) {
    Window window(2);
    window[0].size = window[1].size = 5;
    return builder_.create<stablehlo::ConvolutionOp>(builder_.getUnknownLoc(), arguments[0], arguments[1],
                                                     numbers(context_, {}), window);
  });
  double fastest = 1e9;
  for (int run = 0; run < 5; ++run) {
    const auto start = std::chrono::steady_clock::now();
    ASSERT_TRUE(mlir::succeeded(evaluate(f, {x, k})));
    fastest =
        std::min(fastest, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const double products = 128.0 * 8 * 8 * 50 * 500;
  std::cout << "convolution: " << products / fastest * 1e-9 << " G products/s\n";
  // Ten times this is usual on one idle core; a loaded one or an unoptimised build gets room.
  EXPECT_GT(products / fastest, 0.05e9);
}

class PoolTest : public WindowTest {
 protected:
  mlir::Value scalar(float value) {
    return builder_.create<stablehlo::ConstantOp>(builder_.getUnknownLoc(),
                                                  mlir::DenseElementsAttr::get(type({}), value));
  }
  // The elements of x under the window at a place, in order.
  static std::vector<std::pair<std::int64_t, float>> under(const Array& x, const Window& window,
                                                           std::int64_t h, std::int64_t w) {
    std::vector<std::pair<std::int64_t, float>> found;
    for (std::int64_t i = 0; i < window[0].size; ++i)
      for (std::int64_t j = 0; j < window[1].size; ++j) {
        const std::int64_t row = h * window[0].stride + i * window[0].dilation - window[0].low;
        const std::int64_t column = w * window[1].stride + j * window[1].dilation - window[1].low;
        if (row < 0 || column < 0 || row % window[0].base_dilation || column % window[1].base_dilation)
          continue;
        const std::int64_t r = row / window[0].base_dilation, c = column / window[1].base_dilation;
        if (r >= x.shape()[0] || c >= x.shape()[1]) continue;
        found.emplace_back(r * x.shape()[1] + c, x.as<float>()[r * x.shape()[1] + c]);
      }
    return found;
  }
};

TEST_F(PoolTest, ReduceWindowFoldsEveryWindow) {
  const Array x = whole_numbers({7, 8}, 5);
  for (std::int64_t stride : {1, 2, 3})
    for (std::int64_t low : {-1, 0, 1})
      for (std::int64_t base : {1, 2})
        for (const char* operation : {"stablehlo.add", "stablehlo.maximum"}) {
          Window window(2);
          window[0] = {
              .size = 3, .stride = stride, .low = low, .high = 1, .base_dilation = base, .dilation = 2};
          window[1] = {.size = 2, .stride = 2, .low = 0, .high = low, .base_dilation = 1, .dilation = 1};
          const bool sum = std::string(operation) == "stablehlo.add";
          const float start = sum ? 3.0F : -100.0F;
          const Array result = run({x}, [&](mlir::ValueRange arguments) {
            return builder_
                .create<stablehlo::ReduceWindowOp>(builder_.getUnknownLoc(), arguments[0], scalar(start),
                                                   window, operation)
                .getResult(0);
          });
          for (std::int64_t i = 0; i < static_cast<std::int64_t>(result.size()); ++i) {
            const std::int64_t h = i / result.shape()[1], w = i % result.shape()[1];
            float expected = start;
            const auto elements = under(x, window, h, w);
            for (auto [place, value] : elements)
              expected = sum ? expected + value : std::max(expected, value);
            // Padding and gaps hold the initial value too.
            if (sum)
              expected += start * static_cast<float>(window[0].size * window[1].size - elements.size());
            ASSERT_EQ(result.as<float>()[i], expected) << operation << " at " << i;
          }
        }
}

TEST_F(PoolTest, SelectAndScatterTakesTheFirstOfEquals) {
  const Array x = whole_numbers({7, 8}, 6);  // few different numbers, so there are equals
  for (std::int64_t stride : {1, 2, 3})
    for (std::int64_t low : {-1, 0, 1}) {
      Window window(2);
      window[0] = {.size = 2, .stride = stride, .low = low, .high = 1};
      window[1] = {.size = 3, .stride = 2, .low = 1, .high = low};
      const Array source = whole_numbers({window[0].places(7), window[1].places(8)}, 7);
      const Array result = run({x, source}, [&](mlir::ValueRange arguments) {
        return builder_.create<stablehlo::SelectAndScatterOp>(builder_.getUnknownLoc(), arguments[0],
                                                              arguments[1], scalar(0.5F), window);
      });
      std::vector<float> expected(x.size(), 0.5F);
      for (std::int64_t i = 0; i < static_cast<std::int64_t>(source.size()); ++i) {
        const auto elements = under(x, window, i / source.shape()[1], i % source.shape()[1]);
        ASSERT_FALSE(elements.empty());
        auto best = elements.front();
        for (auto element : elements)
          if (element.second > best.second) best = element;
        expected[best.first] += source.as<float>()[i];
      }
      EXPECT_EQ(result.as<float>(), expected) << stride << " " << low;
    }
}

// The example of StableHLO's specification.
TEST_F(PoolTest, ExampleOfTheSpecification) {
  const char* program =
      R"(func.func @f(%operand: tensor<4x2xi64>, %source: tensor<2x2xi64>) -> tensor<4x2xi64> {
    %zero = stablehlo.constant dense<0> : tensor<i64>
    %result = "stablehlo.select_and_scatter"(%operand, %source, %zero) ({
      ^bb0(%a: tensor<i64>, %b: tensor<i64>):
        %0 = stablehlo.compare GE, %a, %b : (tensor<i64>, tensor<i64>) -> tensor<i1>
        stablehlo.return %0 : tensor<i1>
    }, {
      ^bb0(%a: tensor<i64>, %b: tensor<i64>):
        %0 = stablehlo.add %a, %b : tensor<i64>
        stablehlo.return %0 : tensor<i64>
    }) {window_dimensions = array<i64: 3, 1>, window_strides = array<i64: 2, 1>,
        padding = dense<[[0, 1], [0, 0]]> : tensor<2x2xi64>}
      : (tensor<4x2xi64>, tensor<2x2xi64>, tensor<i64>) -> tensor<4x2xi64>
    return %result : tensor<4x2xi64>
  })";
  module_ = mlir::parseSourceString<mlir::ModuleOp>(program, &context_);
  ASSERT_TRUE(module_);
  mlir::FailureOr<std::vector<Array>> result =
      evaluate(*module_->getOps<mlir::func::FuncOp>().begin(),
               {Array::integers(ElementType::kI64, {4, 2}, {1, 5, 2, 5, 3, 6, 4, 4}),
                Array::integers(ElementType::kI64, {2, 2}, {5, 6, 7, 8})});
  ASSERT_TRUE(mlir::succeeded(result));
  EXPECT_THAT((*result)[0].as<std::int64_t>(), ElementsAre(0, 0, 0, 0, 5, 14, 7, 0));
}

}  // namespace
}  // namespace sotto::ir
