#include <gmock/gmock.h>

#include "passes/options.h"
#include "passes/passes.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

namespace privacy = ir::privacy;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;

class TabulateTest : public ProgramTest {
 protected:
  // @step of a state w, the numbers c = 0.5 c + 0.5 from 0, and x from a role.
  mlir::OwningOpRef<mlir::ModuleOp> tabulated(const std::string& body, std::int64_t steps) {
    auto module = parse(R"(func.func @step(
        %w: tensor<2xf32> {sotto.name = "w", sotto.kind = "state", sotto.initializer = "zeros"},
        %c: tensor<f32> {sotto.name = "c", sotto.kind = "state", sotto.initializer = "zeros"},
        %x: tensor<2xf32> {sotto.name = "x", sotto.kind = "input", sotto.role = "images"})
        -> (tensor<2xf32> {sotto.next = "w"}, tensor<f32> {sotto.next = "c"}) {
      %half = stablehlo.constant dense<0.5> : tensor<f32>
      %0 = stablehlo.multiply %c, %half : tensor<f32>
      %next = stablehlo.add %0, %half : tensor<f32>)" +
                        body + "}");
    Options options;
    options.steps = steps;
    succeeded_ = mlir::succeeded(run(*module, tabulate(options)));
    return module;
  }

  bool succeeded_ = false;
};

constexpr const char* kScaledUpdate = R"(
      %rate = stablehlo.broadcast_in_dim %next, dims = [] : (tensor<f32>) -> tensor<2xf32>
      %move = stablehlo.multiply %x, %rate : tensor<2xf32>
      %1 = stablehlo.add %w, %move : tensor<2xf32>
      return %1, %next : tensor<2xf32>, tensor<f32>
)";

TEST_F(TabulateTest, ExampleANumberThatDependsOnTheStep) {
  auto module = tabulated(kScaledUpdate, 4);
  ASSERT_TRUE(succeeded_) << reported_;
  auto step = function(*module);
  EXPECT_EQ(step.getNumArguments(), 2u) << print(*module);
  EXPECT_EQ(step.getNumResults(), 1u);
  ASSERT_EQ(count<privacy::TabulatedOp>(*module), 1);
  auto number = *step.getOps<privacy::TabulatedOp>().begin();
  EXPECT_THAT(number.getValues(), ElementsAre(0.5, 0.75, 0.875, 0.9375));
  EXPECT_EQ(shape_of(number).size(), 1u);
}

// In single precision c reaches 1 after 24 steps and stays.
TEST_F(TabulateTest, TablesEndWhereNumbersStandStill) {
  auto module = tabulated(kScaledUpdate, std::int64_t{1} << 40);
  ASSERT_TRUE(succeeded_) << reported_;
  auto number = *function(*module).getOps<privacy::TabulatedOp>().begin();
  EXPECT_LT(number.getValues().size(), 30u);
  EXPECT_EQ(number.getValues().back(), 1);
}

// A state that secrets flow into is none, nor is what is computed from it.
TEST_F(TabulateTest, SecretsAreNotTabulated) {
  auto module = tabulated(R"(
      %zero = stablehlo.constant dense<0.0> : tensor<f32>
      %sum = stablehlo.reduce(%x init: %zero) applies stablehlo.add across dimensions = [0] : (tensor<2xf32>, tensor<f32>) -> tensor<f32>
      %mixed = stablehlo.add %next, %sum : tensor<f32>
      return %w, %mixed : tensor<2xf32>, tensor<f32>
)",
                          4);
  ASSERT_TRUE(succeeded_) << reported_;
  EXPECT_EQ(count<privacy::TabulatedOp>(*module), 0) << print(*module);
  // w never changes: it is public too, and leaves.
  EXPECT_EQ(function(*module).getNumArguments(), 2u) << print(*module);
}

// Whatever replaces it, a public state leaves, and its old value with it.
TEST_F(TabulateTest, StatesReplacedByConstantsLeave) {
  for (const char* constant : {"dense<1.0>", "dense<[1.0, 2.0]>"}) {
    auto module = tabulated(std::string("%new = stablehlo.constant ") + constant +
                                " : tensor<2xf32>\n return %new, %next : tensor<2xf32>, tensor<f32>\n",
                            3);
    ASSERT_TRUE(succeeded_) << reported_;
    EXPECT_EQ(function(*module).getNumArguments(), 1u) << print(*module);
    EXPECT_EQ(function(*module).getNumResults(), 0u) << print(*module);
  }
}

// It used to be erased under them.
TEST_F(TabulateTest, ResultsThatNeedAPublicStateAreRefused) {
  for (const char* result : {"%w", "%moved"}) {
    auto module = parse(std::string(R"(func.func @step(
        %w: tensor<2xf32> {sotto.name = "w", sotto.kind = "state", sotto.initializer = "zeros"},
        %v: tensor<2xf32> {sotto.name = "v", sotto.kind = "state", sotto.role = "images"})
        -> (tensor<2xf32> {sotto.next = "w"}, tensor<2xf32> {sotto.next = "v"}) {
      %new = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>
      %moved = stablehlo.add %w, %new : tensor<2xf32>
      return %new, )") + result +
                        " : tensor<2xf32>, tensor<2xf32>\n}");
    EXPECT_TRUE(mlir::failed(run(*module, tabulate(Options{}))));
    EXPECT_THAT(reported_, HasSubstr("state \"v\" is replaced by a value that changes from step to step"));
    EXPECT_THAT(reported_, HasSubstr("let a role provide its start"));
    reported_.clear();
  }
}

TEST_F(TabulateTest, MisuseSaysWhatIsWrong) {
  tabulated(R"(
      %pair = stablehlo.broadcast_in_dim %next, dims = [] : (tensor<f32>) -> tensor<1xf32>
      %one = stablehlo.constant dense<1.0> : tensor<1xf32>
      %both = stablehlo.concatenate %pair, %one, dim = 0 : (tensor<1xf32>, tensor<1xf32>) -> tensor<2xf32>
      %move = stablehlo.multiply %x, %both : tensor<2xf32>
      %1 = stablehlo.add %w, %move : tensor<2xf32>
      return %1, %next : tensor<2xf32>, tensor<f32>
)",
            4);
  EXPECT_FALSE(succeeded_);
  EXPECT_THAT(reported_, HasSubstr("must be one number here"));
}

}  // namespace
}  // namespace sotto::passes
