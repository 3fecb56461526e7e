#include "passes/calibrate/trained.h"

#include <gmock/gmock.h>

#include <cmath>

#include "passes/calibrate/range.h"
#include "passes/passes.h"
#include "passes/reference/reference.h"
#include "passes/support/program_for_tests.h"

namespace sotto::passes {
namespace {

constexpr const char* kModel =
    R"(func.func @f(%w: tensor<20x10xf32>, %x: tensor<8x20xf32>) -> tensor<8x10xf32> {
  %0 = stablehlo.dot_general %x, %w, contracting_dims = [1] x [0] : (tensor<8x20xf32>, tensor<20x10xf32>) -> tensor<8x10xf32>
  return %0 : tensor<8x10xf32>
})";

class TrainedTest : public ProgramTest {
 protected:
  static Options prediction() {
    Options options;
    options.prediction = true;
    options.prediction_rows = 50;
    options.inputs = {{.name = "arg1", .role = "images", .encoding = "pixels", .file = ""}};
    options.reveals = {{.name = "0", .roles = {"images"}}};
    return options;
  }
  double largest_score(const Options& options) {
    auto module = parse(kModel);
    EXPECT_TRUE(mlir::succeeded(run(*module, adopt_program(options)))) << reported_;
    EXPECT_TRUE(mlir::succeeded(run(*module, calibrate(options)))) << reported_;
    return range_of(return_of(function(*module)).getOperand(0))->maximum;
  }
};

double norm(const ir::Array& array) {
  double squares = 0;
  for (std::size_t i = 0; i < array.size(); ++i) squares += array.at(i) * array.at(i);
  return std::sqrt(squares);
}

TEST_F(TrainedTest, ExampleScoresAreThoseOfTheTrainedModel) {
  Options options = prediction();
  const double before = largest_score(options);
  const ir::Array weights = ir::Array::floats({20, 10}, std::vector<float>(200, 7.0F));
  options.trained = std::make_shared<const Arrays>(Arrays{{"arg0", weights}});
  options.sample = std::make_shared<const Arrays>(
      Arrays{{"arg1", ir::Array::floats({3, 20}, std::vector<float>(60, 0.5F))}});
  EXPECT_NEAR(largest_score(options), 20 * 7 * 0.5, 1e-3);
  EXPECT_LT(before, 5);
}

TEST_F(TrainedTest, TrainingMovesTheWeights) {
  Options options;
  options.training = Training{};
  options.training->learning_rate = 0.5;
  options.training->batch = 32;
  options.training->data = {.name = "arg1", .role = "images", .encoding = "pixels", .file = ""};
  options.training->labels = {.name = "labels", .role = "labels", .encoding = "", .file = ""};
  options.calibration_steps = 40;
  auto module = parse(kModel);
  ASSERT_TRUE(mlir::succeeded(run(*module, build_training(options)))) << reported_;
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  const Arrays start = initial_states(step, options.seed, {});
  const Arrays trained = trained_states(*module, options);
  EXPECT_GT(norm(trained.at("arg0")), 3 * norm(start.at("arg0")));
}

TEST(RepeatedRows, ComeAgainOrAreCut) {
  const ir::Array sample = ir::Array::floats({2, 2}, {1, 2, 3, 4});
  EXPECT_THAT(repeated_rows(sample, 3).as<float>(), testing::ElementsAre(1, 2, 3, 4, 1, 2));
  EXPECT_THAT(repeated_rows(sample, 1).as<float>(), testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace sotto::passes
