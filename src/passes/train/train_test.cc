#include "passes/train/train.h"

#include <gmock/gmock.h>

#include "passes/passes.h"
#include "passes/support/program_for_tests.h"
#include "passes/train/arguments.h"

namespace sotto::passes {
namespace {

using testing::HasSubstr;

constexpr const char* kModel =
    R"(func.func @f(%w: tensor<6x3xf32> {sotto.name = "w"}, %b: tensor<3xf32> {sotto.name = "b"},
                                             %x: tensor<4x6xf32> {sotto.name = "x"}) -> tensor<4x3xf32> {
    %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<4x6xf32>, tensor<6x3xf32>) -> tensor<4x3xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [1] : (tensor<3xf32>) -> tensor<4x3xf32>
    %2 = stablehlo.add %0, %1 : tensor<4x3xf32>
    return %2 : tensor<4x3xf32>
  })";

Options training_options() {
  Options options;
  Training training;
  training.batch = 8;
  training.rows = 64;
  training.test_rows = 20;
  training.data = {.name = "x", .role = "images", .encoding = "pixels", .file = ""};
  training.labels = {.name = "labels", .role = "labels", .encoding = "", .file = ""};
  options.training = training;
  return options;
}

class TrainTest : public ProgramTest {
 protected:
  static std::string attribute(mlir::func::FuncOp function, llvm::StringRef argument, llvm::StringRef name) {
    const int index = data_argument(function, argument.str());
    auto text = index < 0 ? mlir::StringAttr()
                          : function.getArgAttrOfType<mlir::StringAttr>(static_cast<unsigned>(index), name);
    return text ? text.str() : "";
  }
};

TEST_F(TrainTest, ExampleAModelBecomesStepAndEvaluate) {
  auto module = parse(kModel);
  ASSERT_TRUE(mlir::succeeded(run(*module, build_training(training_options())))) << reported_;
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  auto evaluate = module->lookupSymbol<mlir::func::FuncOp>("evaluate");
  ASSERT_TRUE(step && evaluate) << print(*module);
  // w, b, x, their momenta, labels; w and b and momenta come back.
  EXPECT_EQ(step.getNumArguments(), 6u);
  EXPECT_EQ(step.getNumResults(), 4u);
  EXPECT_EQ(attribute(step, "w", kInitializerAttribute), "torch_linear:6");
  EXPECT_EQ(attribute(step, "b", kInitializerAttribute), "torch_linear:6");
  EXPECT_EQ(attribute(step, "momentum.w", kInitializerAttribute), "zeros");
  EXPECT_EQ(attribute(step, "x", kRoleAttribute), "images");
  EXPECT_EQ(attribute(step, "labels", kEncodingAttribute), "one_hot:3");
  // The step runs at its own batch size, the evaluation at a divisor of the test rows.
  EXPECT_EQ(shape_of(step.getArgument(2))[0], 8);
  EXPECT_EQ(shape_of(evaluate.getArgument(2))[0], 5);
}

TEST_F(TrainTest, TheLossIsComputedWhereSomebodyLearnsIt) {
  Options options = training_options();
  options.reveals = {{.name = "accuracy", .roles = {"labels"}}, {.name = "loss", .roles = {"labels"}}};
  for (const bool loss : {true, false}) {
    auto module = parse(kModel);
    ASSERT_TRUE(mlir::succeeded(run(*module, build_training(options)))) << reported_;
    auto evaluate = module->lookupSymbol<mlir::func::FuncOp>("evaluate");
    EXPECT_EQ(evaluate.getNumResults(), loss ? 2u : 1u);
    EXPECT_EQ(data_argument(evaluate, "loss") >= 0, loss);
    EXPECT_GE(data_argument(evaluate, "correct"), 0);
    options.reveals.pop_back();
  }
}

// Kernels start as torch.nn.Conv2d's: one output sums over the window and the input's features.
TEST_F(TrainTest, ConvolutionsHaveTheirFanIn) {
  const char* model =
      R"(func.func @f(%k: tensor<3x2x4x6xf32> {sotto.name = "k"}, %b: tensor<6xf32> {sotto.name = "b"},
                      %x: tensor<4x4x3x4xf32> {sotto.name = "x"}) -> tensor<4x24xf32> {
    %0 = stablehlo.convolution(%x, %k) dim_numbers = [b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f], window = {} {batch_group_count = 1 : i64, feature_group_count = 1 : i64} : (tensor<4x4x3x4xf32>, tensor<3x2x4x6xf32>) -> tensor<4x2x2x6xf32>
    %1 = stablehlo.broadcast_in_dim %b, dims = [3] : (tensor<6xf32>) -> tensor<1x1x1x6xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0, 1, 2, 3] : (tensor<1x1x1x6xf32>) -> tensor<4x2x2x6xf32>
    %3 = stablehlo.add %0, %2 : tensor<4x2x2x6xf32>
    %4 = stablehlo.reshape %3 : (tensor<4x2x2x6xf32>) -> tensor<4x24xf32>
    return %4 : tensor<4x24xf32>
  })";
  auto module = parse(model);
  ASSERT_TRUE(mlir::succeeded(run(*module, build_training(training_options())))) << reported_;
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  EXPECT_EQ(attribute(step, "k", kInitializerAttribute), "torch_linear:24");
  EXPECT_EQ(attribute(step, "b", kInitializerAttribute), "torch_linear:24");
  auto options = training_options();
  options.initializer = "glorot_uniform";
  module = parse(model);
  ASSERT_TRUE(mlir::succeeded(run(*module, build_training(options)))) << reported_;
  step = module->lookupSymbol<mlir::func::FuncOp>("step");
  EXPECT_EQ(attribute(step, "k", kInitializerAttribute), "glorot_uniform:24:36");
  EXPECT_EQ(attribute(step, "b", kInitializerAttribute), "zeros");
}

TEST_F(TrainTest, WithoutMomentumThereIsNoStateForIt) {
  auto options = training_options();
  options.training->momentum = 0;
  auto module = parse(kModel);
  ASSERT_TRUE(mlir::succeeded(run(*module, build_training(options)))) << reported_;
  EXPECT_EQ(module->lookupSymbol<mlir::func::FuncOp>("step").getNumResults(), 2u);
}

TEST_F(TrainTest, MisuseSaysWhatIsWrong) {
  auto options = training_options();
  options.training->data.name = "images";
  EXPECT_TRUE(mlir::failed(run(*parse(kModel), build_training(options))));
  EXPECT_THAT(reported_, HasSubstr("the model has no argument called \"images\""));

  options = training_options();
  options.training->data.role = "nobody";
  EXPECT_TRUE(mlir::failed(run(*parse(kModel), build_training(options))));
  EXPECT_THAT(reported_, HasSubstr("\"x\" is provided by \"nobody\", which is none of the roles"));

  EXPECT_TRUE(mlir::failed(
      run(*parse(R"(func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> { return %x : tensor<4xf32> })"),
          build_training(training_options()))));
  EXPECT_THAT(reported_, HasSubstr("has no argument called \"x\""));
}

TEST_F(TrainTest, AdoptedProgramsKeepWhatIsAskedFor) {
  Options options;
  options.inputs = {{.name = "x", .role = "images", .encoding = "", .file = ""}};
  options.states = {{.input = "w", .output = "0"}};
  const char* program =
      R"(func.func @f(%w: tensor<2xf32> {sotto.name = "w"}, %x: tensor<2xf32> {sotto.name = "x"},
                                        %slot: tensor<f32> {sotto.name = "slot"}) -> (tensor<2xf32>, tensor<2xf32>) {
      %0 = stablehlo.add %w, %x : tensor<2xf32>
      %1 = stablehlo.log %x : tensor<2xf32>
      return %0, %1 : tensor<2xf32>, tensor<2xf32>
    })";
  auto module = parse(program);
  ASSERT_TRUE(mlir::succeeded(run(*module, adopt_program(options)))) << reported_;
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  EXPECT_EQ(step.getNumResults(), 1u);
  EXPECT_EQ(step.getNumArguments(), 2u);

  // A state that nothing reads is one nevertheless: what replaces it is left.
  options.states = {{.input = "slot", .output = "2"}};
  module =
      parse(R"(func.func @f(%x: tensor<2xf32> {sotto.name = "x"}, %slot: tensor<f32> {sotto.name = "slot"})
      -> (tensor<2xf32>, tensor<2xf32>, tensor<f32>) {
      %new = stablehlo.constant dense<1.0> : tensor<f32>
      return %x, %x, %new : tensor<2xf32>, tensor<2xf32>, tensor<f32>
    })");
  ASSERT_TRUE(mlir::succeeded(run(*module, adopt_program(options)))) << reported_;
  step = module->lookupSymbol<mlir::func::FuncOp>("step");
  EXPECT_EQ(step.getNumResults(), 1u);
  EXPECT_EQ(step.getNumArguments(), 1u);

  options.states = {{.input = "w", .output = "7"}};
  EXPECT_TRUE(mlir::failed(run(*parse(program), adopt_program(options))));
  EXPECT_THAT(reported_, HasSubstr("\"7\" is no result: the program has results 0 to 1"));
  options.states.clear();
  options.inputs.clear();
  options.reveals = {{.name = "0", .roles = {"images"}}};
  EXPECT_TRUE(mlir::failed(run(*parse(program), adopt_program(options))));
  EXPECT_THAT(reported_, HasSubstr("nobody provides the argument \"w\""));
}

TEST(EvaluationBatchTest, DividesTheRows) {
  EXPECT_EQ(evaluation_batch(10000, 128), 125);
  EXPECT_EQ(evaluation_batch(128, 128), 128);
  EXPECT_EQ(evaluation_batch(7, 128), 7);
  EXPECT_EQ(evaluation_batch(13, 5), 1);
}

}  // namespace
}  // namespace sotto::passes
