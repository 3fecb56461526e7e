#include <gmock/gmock.h>

#include "llvm/Support/MemoryBuffer.h"
#include "passes/differentiate/gradients_for_tests.h"

namespace sotto::passes {
namespace {

using testing::HasSubstr;

class WindowGradientTest : public GradientTest {
 protected:
  // A convolution of an image by a kernel, squared so that the gradient depends on where it is.
  void expect_convolution(const std::string& image, const std::string& kernel, const std::string& result,
                          const std::string& window, int groups = 1,
                          const std::string& dimensions = "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]") {
    const std::string x = "tensor<" + image + "xf64>", k = "tensor<" + kernel + "xf64>",
                      y = "tensor<" + result + "xf64>";
    expect_right("func.func @f(%x: " + x + ", %k: " + k + ") -> " + y +
                 " {\n %0 = stablehlo.convolution(%x, %k) dim_numbers = " + dimensions + ", window = {" +
                 window + "} {batch_group_count = 1 : i64, feature_group_count = " + std::to_string(groups) +
                 " : i64} : (" + x + ", " + k + ") -> " + y + "\n %1 = stablehlo.multiply %0, %0 : " + y +
                 "\n return %1 : " + y + "\n}\n");
  }
  // One reduce_window, squared.
  void expect_window(const std::string& operation, const std::string& start, const std::string& result,
                     const std::string& attributes) {
    const std::string y = "tensor<" + result + "xf64>";
    expect_right("func.func @f(%x: tensor<1x6x5x2xf64>) -> " + y + " {\n %c = stablehlo.constant dense<" +
                 start + "> : tensor<f64>\n %0 = \"stablehlo.reduce_window\"(%x, %c) <{" + attributes +
                 "}> ({\n ^bb0(%a: tensor<f64>, %b: tensor<f64>):\n %2 = stablehlo." + operation +
                 " %a, %b : tensor<f64>\n stablehlo.return %2 : tensor<f64>\n }) : (tensor<1x6x5x2xf64>, "
                 "tensor<f64>) -> " +
                 y + "\n %1 = stablehlo.multiply %0, %0 : " + y + "\n return %1 : " + y + "\n}\n");
  }
};

TEST_F(WindowGradientTest, ExampleAConvolution) { expect_convolution("2x6x5x2", "3x2x2x3", "2x4x4x3", ""); }

TEST_F(WindowGradientTest, EveryWindow) {
  expect_convolution("1x7x6x2", "3x3x2x2", "1x4x3x2", "stride = [2, 2], pad = [[1, 2], [0, 1]]");
  // The last rows and columns are under no window.
  expect_convolution("1x8x6x1", "3x2x1x2", "1x2x2x2", "stride = [3, 3]");
  expect_convolution("1x7x6x1", "3x2x1x2", "1x3x4x2", "rhs_dilate = [2, 2]");
  expect_convolution("1x4x3x1", "3x2x1x2", "1x5x6x2", "lhs_dilate = [2, 3]  , pad = [[0, 0], [-1, 1]]");
  expect_convolution("1x4x5x1", "3x2x1x2", "1x4x2x2",
                     "stride = [1, 2], pad = [[1, 1], [2, -1]], lhs_dilate = [1, 1], rhs_dilate = [1, 2]");
}

TEST_F(WindowGradientTest, EveryLayoutAndFeatureGroups) {
  expect_convolution("2x2x5x4", "3x2x2x2", "2x3x4x3", "", 1, "[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]");
  expect_convolution("1x4x4x4", "2x2x2x6", "1x3x3x6", "", 2);
  expect_convolution("1x6x4x4", "6x2x2x2", "1x6x3x3", "", 3, "[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]");
}

TEST_F(WindowGradientTest, SumsAndMaximaOverWindows) {
  const std::string by_two =
      "window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>";
  const std::string uneven =
      "window_dimensions = array<i64: 1, 3, 2, 1>, window_strides = array<i64: 1, 2, 1, 1>, "
      "padding = dense<[[0, 0], [1, 1], [1, 0], [0, 0]]> : tensor<4x2xi64>";
  expect_window("add", "0.0", "1x3x2x2", by_two);
  expect_window("maximum", "0xFFF0000000000000", "1x3x2x2", by_two);
  expect_window("add", "0.0", "1x3x5x2", uneven);
  expect_window("maximum", "0xFFF0000000000000", "1x3x5x2", uneven);
  expect_window("add", "0.0", "1x7x3x2",
                "window_dimensions = array<i64: 1, 3, 2, 1>, base_dilations = array<i64: 1, 2, 1, 1>, "
                "window_dilations = array<i64: 1, 2, 2, 1>");
}

TEST_F(WindowGradientTest, PadsAndReversals) {
  for (const char* padding :
       {"low = [1, 0], high = [0, 2], interior = [1, 0] : (tensor<3x4xf64>, tensor<f64>) -> tensor<6x6xf64>",
        "low = [-1, 2], high = [1, -1], interior = [1, 1] : (tensor<3x4xf64>, tensor<f64>) -> "
        "tensor<5x8xf64>"}) {
    const llvm::StringRef type = llvm::StringRef(padding).rsplit("-> ").second;
    expect_right(("func.func @f(%a: tensor<3x4xf64>, %p: tensor<f64>) -> " + type +
                  " {\n %0 = stablehlo.pad %a, %p, " + padding +
                  "\n %1 = stablehlo.reverse %0, dims = [1] : " + type +
                  "\n %2 = stablehlo.multiply %1, %0 : " + type + "\n return %2 : " + type + "\n}\n")
                     .str());
  }
}

// The forms that the header promises.
TEST_F(WindowGradientTest, FormsAreThoseOfJax) {
  auto module = with_gradients(
      R"(func.func @f(%x: tensor<8x12x12x3xf32>, %k: tensor<5x5x3x4xf32>) -> tensor<8x4x4x4xf32> {
    %0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<8x12x12x3xf32>, tensor<5x5x3x4xf32>) -> tensor<8x8x8x4xf32>
    %c = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %1 = "stablehlo.reduce_window"(%0, %c) <{window_dimensions = array<i64: 1, 2, 2, 1>, window_strides = array<i64: 1, 2, 2, 1>}> ({
    ^bb0(%a: tensor<f32>, %b: tensor<f32>):
      %2 = stablehlo.maximum %a, %b : tensor<f32>
      stablehlo.return %2 : tensor<f32>
    }) : (tensor<8x8x8x4xf32>, tensor<f32>) -> tensor<8x4x4x4xf32>
    return %1 : tensor<8x4x4x4xf32>
  })");
  ASSERT_TRUE(module) << reported_;
  const std::string text = print(*module);
  EXPECT_THAT(
      text,
      HasSubstr("dim_numbers = [b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f], window = {pad = [[4, 4], [4, 4]]} "
                "{batch_group_count"));
  EXPECT_THAT(
      text,
      HasSubstr("dim_numbers = [f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f], window = {} {batch_group_count"));
  EXPECT_THAT(text, HasSubstr("stablehlo.reverse %arg1, dims = [0, 1]"));
  int maxima = 0;
  module->walk([&](hlo::SelectAndScatterOp op) { maxima += is_window_maximum_gradient(op); });
  EXPECT_EQ(maxima, 1);
}

// Our gradients against those that others wrote into a whole training step (shared data).
TEST_F(WindowGradientTest, AgreeWithAStepThatWasWrittenOut) {
  const std::string folder = SOTTO_SOURCE_DIR "/../shared/data/stablehlo/programs/";
  auto text = llvm::MemoryBuffer::getFile(folder + "lean4mlir_cnn_train_step.mlir");
  if (!text) GTEST_SKIP() << "shared data is absent: " << folder;
  auto step = parse((*text)->getBuffer());
  auto forward = parse((*llvm::MemoryBuffer::getFile(folder + "lean4mlir_cnn_fwd.mlir"))->getBuffer());
  ASSERT_TRUE(step && forward);
  // forward: x, ten parameters, giving logits; step: x, ten parameters, a slot for the loss, labels, giving
  // them less rate times gradient.
  auto f = function(*forward);
  auto end = return_of(f);
  mlir::OpBuilder builder(end);
  const mlir::Value logits = end.getOperand(0);
  f.insertArgument(11, logits.getType(), {}, f.getLoc());
  const mlir::Value seed = cross_entropy_gradient(builder, f.getLoc(), logits, f.getArgument(11));
  auto slopes = gradients(builder, logits, seed, f.getArguments().slice(1, 10));
  ASSERT_TRUE(mlir::succeeded(slopes)) << reported_;
  end->setOperands(*slopes);
  f.setFunctionType(builder.getFunctionType(f.getArgumentTypes(), mlir::ValueRange(*slopes).getTypes()));

  plan::SplitMix random(11);
  std::vector<ir::Array> inputs;
  for (mlir::Type type : f.getArgumentTypes()) {
    ir::Array array(ir::ElementType::kF32, ir::shape_of(type));
    const double size = array.shape().size() == 1 ? 0.1 : 2 / std::sqrt(array.size() / array.shape().back());
    for (float& value : array.as<float>()) value = static_cast<float>(size * (random.unit() - 0.5));
    inputs.push_back(std::move(array));
  }
  auto& labels = inputs.back().as<float>();
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = i % 10 == i / 10 % 10;
  const auto ours = ir::evaluate(f, inputs);
  inputs.insert(inputs.begin() + 11, ir::Array(ir::ElementType::kF32, {}));
  const auto theirs = ir::evaluate(function(*step), inputs);
  ASSERT_TRUE(mlir::succeeded(ours) && mlir::succeeded(theirs)) << reported_;
  constexpr double kRate = 0.00078125;
  for (int i = 0; i < 10; ++i) {
    double largest = 0, apart = 0;
    for (std::size_t j = 0; j < (*ours)[i].size(); ++j) {
      const double moved = (inputs[i + 1].at(j) - (*theirs)[i].at(j)) / kRate;
      largest = std::max(largest, std::fabs(moved));
      apart = std::max(apart, std::fabs(moved - (*ours)[i].at(j)));
    }
    EXPECT_GT(largest, 0);
    // Their update is rounded to the weight's last place.
    EXPECT_LT(apart, 1e-3 + 1e-3 * largest) << "parameter " << i;
  }
}

TEST_F(WindowGradientTest, MisuseNamesTheOperation) {
  EXPECT_FALSE(with_gradients(R"(func.func @f(%x: tensor<4x5xf64>) -> tensor<2x4xf64> {
    %c = stablehlo.constant dense<0xFFF0000000000000> : tensor<f64>
    %0 = "stablehlo.reduce_window"(%x, %c) <{window_dimensions = array<i64: 2, 2>, window_dilations = array<i64: 2, 1>}> ({
    ^bb0(%a: tensor<f64>, %b: tensor<f64>):
      %2 = stablehlo.maximum %a, %b : tensor<f64>
      stablehlo.return %2 : tensor<f64>
    }) : (tensor<4x5xf64>, tensor<f64>) -> tensor<2x4xf64>
    return %0 : tensor<2x4xf64>
  })"));
  EXPECT_THAT(reported_, HasSubstr("'stablehlo.reduce_window' cannot be differentiated"));
}

}  // namespace
}  // namespace sotto::passes
