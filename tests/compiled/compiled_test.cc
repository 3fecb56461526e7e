// Compiled programs, run: what a plan computes in fixed point, on `plain` and among three parties, is what
// the float interpreter computes from the same program, start, data and order of rows.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "compiled_job.h"
#include "passes/train/train.h"
#include "plan/openings.h"

namespace sotto::tests {
namespace {

// Rounding the learning rate to an integer alone may cost 2^-9.
constexpr double kTypicalError = 0.01;

// Every parameter moved as it did in plain. The typical error is small against the typical move; single units
// may differ more, where a pre-activation within fixed point's error of zero falls on the other side.
void expect_equal_moves(CompiledJob& job, double tolerance = kTypicalError) {
  const Arrays before = job.start(), expected = job.run_plainly(), actual = job.run_compiled();
  for (const auto& [name, state] : actual) {
    if (name == "guard.outside") continue;  // only compiled programs have it
    const auto& plain = expected.at(name);
    ASSERT_EQ(plain.size(), state.size()) << name;
    double moves = 0, errors = 0;
    for (std::size_t i = 0; i < state.size(); ++i) {
      const double start = before.contains(name) ? before.at(name).at(i) : 0;
      moves += std::pow(plain.at(i) - start, 2);
      errors += std::pow(plain.at(i) - state.at(i), 2);
    }
    const double move = std::sqrt(moves / static_cast<double>(state.size())),
                 error = std::sqrt(errors / static_cast<double>(state.size()));
    EXPECT_LE(error, tolerance * move) << name << " moves by " << move;
    EXPECT_GT(move, 0) << name;
  }
}

Options training_options(const std::string& protocol, std::int64_t batch, std::int64_t steps) {
  Options options;
  options.name = "test";
  options.protocol = protocol;
  options.roles = {"images", "labels", "helper"};
  if (protocol == "duo") options.roles.pop_back();
  if (protocol == "plain") options.roles = {"all"};
  passes::Training training;
  training.batch = batch;
  training.rows = batch * steps;
  training.test_rows = 2 * batch;
  training.weight_decay = 0.001;
  training.data = {.name = "x", .role = options.roles.front(), .encoding = "pixels", .file = ""};
  training.labels = {
      .name = "labels", .role = options.roles[options.roles.size() == 1 ? 0 : 1], .encoding = "", .file = ""};
  options.training = training;
  options.reveals = {{.name = "accuracy", .roles = {options.roles.front()}}};
  options.calibration_steps = 8;
  return options;
}

TEST(CompiledTest, ExampleNetworkATrainsAsInPlain) {
  CompiledJob job(source_file("examples/mnist_a.mlir"), training_options("plain", 128, 3));
  expect_equal_moves(job);
}

TEST(CompiledTest, NetworkAAmongThreeParties) {
  CompiledJob job(source_file("examples/mnist_a.mlir"), training_options("rep3", 16, 2));
  expect_equal_moves(job);
}

TEST(CompiledTest, NetworkABetweenTwoParties) {
  CompiledJob job(source_file("examples/mnist_a.mlir"), training_options("duo", 16, 2));
  expect_equal_moves(job);
}

// A small sister of network A, between two parties: its losses are those of three.
TEST(CompiledTest, TwoPartiesTrainAsThree) {
  std::map<std::string, std::vector<double>> losses;
  for (const char* protocol : {"rep3", "duo"}) {
    Options options = training_options(protocol, 8, 4);
    options.training->data.encoding = "";
    options.training->learning_rate = 0.1;
    const std::vector<std::string> names = {"w0", "b0", "w1", "b1", "x"};
    CompiledJob trained(source_file("tests/small_network.mlir"), options, names);
    expect_equal_moves(trained);
    options.training->epochs = 3;
    options.evaluate_every_epoch = true;
    options.reveals.push_back({.name = "loss", .roles = {"images"}});
    CompiledJob evaluated(source_file("tests/small_network.mlir"), options, names);
    evaluated.run_compiled();
    for (const auto& loss : evaluated.outputs().at("loss")) losses[protocol].push_back(loss.values[0]);
  }
  ASSERT_EQ(losses["duo"].size(), 3u);
  for (std::size_t epoch = 0; epoch < 3; ++epoch)
    EXPECT_NEAR(losses["duo"][epoch], losses["rep3"][epoch], 0.002 * losses["rep3"][epoch]) << epoch;
}

Options adaptive(Options options, passes::Optimizer optimizer) {
  options.training->optimizer = optimizer;
  options.training->learning_rate = 0.001;
  return options;
}

TEST(CompiledTest, AdamTrainsAsInPlain) {
  CompiledJob job(source_file("examples/mnist_a.mlir"),
                  adaptive(training_options("plain", 128, 3), passes::Optimizer::kAdam));
  expect_equal_moves(job);
}

TEST(CompiledTest, AmsgradAmongThreeParties) {
  CompiledJob job(source_file("examples/mnist_a.mlir"),
                  adaptive(training_options("rep3", 32, 2), passes::Optimizer::kAmsgrad));
  // Quotients make small gradients as large as any, with the error of their roots (2^-8) and of a unit of the
  // hidden layers that fell on the other side.
  expect_equal_moves(job, 4 * kTypicalError);
}

Options linear_options(const std::string& protocol, passes::Loss loss) {
  Options options = training_options(protocol, 16, 4);
  options.training->loss = loss;
  options.training->data.encoding = "";
  options.training->learning_rate = 0.1;
  if (loss == passes::Loss::kSquaredError) options.reveals[0].name = "loss";
  return options;
}

TEST(CompiledTest, LogisticLoss) {
  for (const char* protocol : {"plain", "rep3", "duo"}) {
    CompiledJob job(source_file("tests/compiled/linear.mlir"),
                    linear_options(protocol, passes::Loss::kLogistic), {"w", "b", "x"});
    expect_equal_moves(job);
  }
}

TEST(CompiledTest, SquaredError) {
  for (const char* protocol : {"plain", "rep3"}) {
    CompiledJob job(source_file("tests/compiled/linear.mlir"),
                    linear_options(protocol, passes::Loss::kSquaredError), {"w", "b", "x"});
    expect_equal_moves(job);
  }
}

// The mean loss over the test rows, against a sum that is computed outside of the program.
void expect_revealed_loss(const std::string& path, Options options,
                          const std::vector<std::string>& names = {}) {
  options.reveals.push_back({.name = "loss", .roles = {options.roles.front()}});
  options.training->epochs = 2;
  options.evaluate_every_epoch = true;
  CompiledJob job(source_file(path), options, names);
  job.run_compiled();
  const auto& losses = job.outputs().at("loss");
  const auto expected = job.plain_losses();
  ASSERT_EQ(losses.size(), 2u);
  for (std::size_t epoch = 0; epoch < 2; ++epoch)
    EXPECT_NEAR(losses[epoch].values[0], expected[epoch], 0.002 * expected[epoch]) << options.protocol;
  EXPECT_LT(expected[1], expected[0]);
  EXPECT_EQ(job.outputs().at("correct").size(), 2u);
}

TEST(CompiledTest, TheLossIsRevealedToWhomItIsFor) {
  expect_revealed_loss("examples/mnist_a.mlir", training_options("plain", 64, 4));
  expect_revealed_loss("examples/mnist_a.mlir", training_options("rep3", 16, 4));
  for (const char* protocol : {"plain", "rep3"})
    expect_revealed_loss("tests/compiled/linear.mlir", linear_options(protocol, passes::Loss::kLogistic),
                         {"w", "b", "x"});
}

// The budgets of the design, for one step at batch 128.
TEST(CompiledTest, NetworkAKeepsItsBudget) {
  Options options = training_options("rep3", 128, 1);
  options.training->weight_decay = 0;
  CompiledJob job(source_file("examples/mnist_a.mlir"), options);
  for (const auto& block : job.plan().blocks()) {
    if (block.name() != "step") continue;
    std::uint64_t bytes = 0;
    for (auto pair : block.bytes()) bytes += pair;
    EXPECT_LE(block.rounds(), 45u);
    EXPECT_LE(bytes, 9'000'000u);
  }
}

TEST(CompiledTest, EveryEpochIsEvaluatedAnewWhenAsked) {
  Options options = training_options("plain", 16, 2);
  options.training->epochs = 3;
  CompiledJob once(source_file("examples/mnist_a.mlir"), options);
  options.evaluate_every_epoch = true;
  CompiledJob often(source_file("examples/mnist_a.mlir"), options);
  EXPECT_EQ(plan::training_runs_before(once.plan(), "correct"), (std::vector<std::uint64_t>{6}));
  EXPECT_EQ(plan::training_runs_before(often.plan(), "correct"), (std::vector<std::uint64_t>{2, 4, 6}));
  once.run_compiled();
  EXPECT_EQ(often.run_compiled().at("correct").at(0), 0);
  const auto& counts = often.outputs().at("correct");
  ASSERT_EQ(counts.size(), 3u);
  for (const auto& count : counts) {
    EXPECT_GE(count.values[0], 0);
    EXPECT_LE(count.values[0], 32);
  }
  EXPECT_EQ(counts.back().values, once.outputs().at("correct").back().values);
}

// Weights that outgrow what was measured lead pre-activations out of their windows: the job says so and ends.
TEST(CompiledTest, TheGuardFindsWhatCalibrationDidNotSee) {
  Options options = training_options("plain", 16, 4);
  options.calibration_steps = 1;
  options.precision.margin_bits = 0;
  options.precision.activation_bound_bits = -2;
  options.training->learning_rate = 1;
  CompiledJob job(source_file("examples/mnist_a.mlir"), options);
  try {
    job.run_compiled();
    FAIL() << "nothing was found";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
  }
}

// Whichever step of many it is: a value that doubles from run to run leaves its window only in the later
// ones.
Options doubling(const std::string& protocol, std::int64_t steps) {
  Options options;
  options.name = "doubling";
  options.protocol = protocol;
  options.roles =
      protocol == "plain" ? std::vector<std::string>{"all"} : std::vector<std::string>{"a", "b", "c"};
  options.states = {{"s", "0"}};
  options.inputs = {{.name = "x", .role = options.roles[0], .encoding = "", .file = ""}};
  options.limits = {{"x", 0.5}};
  options.initializer = "torch_linear:4";
  options.steps = steps;
  options.calibration_steps = 2;
  options.reveals = {{.name = "1", .roles = {options.roles[0]}}};
  return options;
}

TEST(CompiledTest, TheGuardLooksAtEveryStep) {
  for (const char* protocol : {"plain", "rep3"}) {
    CompiledJob inside(source_file("tests/compiled/doubling.mlir"), doubling(protocol, 4));
    EXPECT_NO_THROW(inside.run_compiled()) << protocol;
    CompiledJob outside(source_file("tests/compiled/doubling.mlir"), doubling(protocol, 24));
    try {
      outside.run_compiled();
      FAIL() << "nothing was found with " << protocol;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
    }
  }
}

std::vector<std::string> blocks_in_order(const plan::Plan& plan) {
  std::vector<std::string> names;
  for (const auto& control : plan.control())
    names.insert(names.end(), control.repeat(), plan.blocks(static_cast<int>(control.block())).name());
  return names;
}

// Each step's result is seen, but not before the guard of that step was.
TEST(CompiledTest, ResultsAreRevealedBehindTheirGuards) {
  CompiledJob steps(source_file("tests/compiled/doubling.mlir"), doubling("rep3", 2));
  EXPECT_EQ(blocks_in_order(steps.plan()),
            (std::vector<std::string>{"load", "step", "guard", "results", "step", "guard", "results"}));
  steps.run_compiled();
  const auto start = steps.start();
  const auto& shown = steps.outputs().at("1");
  ASSERT_EQ(shown.size(), 2u);
  for (std::size_t i = 0; i < shown[0].values.size(); ++i) {
    const double x = steps.data().at("x").at(i), first = 2 * start.at("s").at(i) + x;
    EXPECT_NEAR(shown[0].values[i], std::max(first, 0.0), 1e-3);
    EXPECT_NEAR(shown[1].values[i], std::max(2 * first + x, 0.0), 1e-3);
  }
  Options options = training_options("plain", 16, 2);
  options.training->epochs = 2;
  options.evaluate_every_epoch = true;
  const std::vector<std::string> epoch{"step", "step", "guard", "evaluate", "evaluate", "guard", "score"};
  std::vector<std::string> expected{"load"};
  for (int i = 0; i < 2; ++i) expected.insert(expected.end(), epoch.begin(), epoch.end());
  EXPECT_EQ(blocks_in_order(CompiledJob(source_file("examples/mnist_a.mlir"), options).plan()), expected);
}

TEST(CompiledTest, BitsAreRevealedBehindTheirGuards) {
  for (const char* protocol : {"plain", "rep3"}) {
    Options options = doubling(protocol, 1);
    options.states.clear();
    options.reveals = {{.name = "0", .roles = {options.roles[0]}}};
    CompiledJob job(source_file("tests/compiled/signs.mlir"), options);
    EXPECT_EQ(blocks_in_order(job.plan()), (std::vector<std::string>{"load", "step", "guard", "finish"}));
    job.run_compiled();
    const auto& bits = job.outputs().at("0").at(0);
    ASSERT_TRUE(bits.boolean);
    for (std::size_t i = 0; i < bits.values.size(); ++i)
      EXPECT_EQ(bits.values[i], job.data().at("x").at(i) > 0 ? 1 : 0) << protocol << " " << i;
  }
}

// The inner maximum was small only because one of its operands was far below zero. That operand stays within
// its bound when it rises; what is made of it does not.
TEST(CompiledTest, TheGuardLooksAtWhatIsComparedNotAtWhatItIsMadeOf) {
  Options options = doubling("plain", 45);
  options.limits = {{"x", 1.0}};
  CompiledJob job(source_file("tests/compiled/chained.mlir"), options);
  try {
    job.run_compiled();
    FAIL() << "nothing was found, and the result is " << job.outputs().at("1").back().values[0];
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
  }
}

// However many steps a state doubles: either the maxima are right or the job fails.
TEST(CompiledTest, WindowsOfScaledValuesAreWatched) {
  bool failed = false;
  for (int steps = 3; steps < 24; ++steps) {
    CompiledJob job(source_file("tests/compiled/scaled_windows.mlir"), doubling("plain", steps));
    Arrays states;
    try {
      states = job.run_compiled();
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
      failed = true;
      continue;
    }
    const auto& maxima = job.outputs().at("1").back().values;
    for (std::size_t i = 0; i < maxima.size(); ++i) {
      double most = -1e30;
      for (const std::size_t element : {0, 1, 8, 9})
        most = std::max(most, -states.at("s").at(i / 4 * 16 + i % 4 * 2 + element));
      ASSERT_NEAR(maxima[i], most, 1e-3) << steps << " steps";
    }
  }
  EXPECT_TRUE(failed);
}

// What owners declared and constants reach their bounds without being a fault.
TEST(CompiledTest, DeclaredBoundsMayBeReached) {
  for (const char* protocol : {"plain", "rep3"}) {
    Options options = doubling(protocol, 2);
    options.limits = {{"x", 0.999}};
    CompiledJob job(source_file("tests/compiled/declared.mlir"), options);
    Arrays actual;
    ASSERT_NO_THROW(actual = job.run_compiled()) << protocol;
    const Arrays expected = job.run_plainly();
    for (std::size_t i = 0; i < expected.at("s").size(); ++i)
      EXPECT_NEAR(actual.at("s").at(i), expected.at("s").at(i), 0x1p-15) << protocol;
  }
}

// Sums too large for the window that is cheap to probe: they are probed in smaller groups.
TEST(CompiledTest, TheGuardMakesDoWithTheRoomThatThereIs) {
  Options options = doubling("plain", 1);
  options.limits = {{"x", 1.0}};
  options.initializer = "torch_linear:1";
  EXPECT_NO_THROW(CompiledJob(source_file("tests/compiled/long_sums.mlir"), options).run_compiled());
}

// Functions are fitted to what was measured: a divisor, a logarithm or an exponent that leaves it fails the
// job; an exponent also where its result, which doubles its digits in every step, has no room.
TEST(CompiledTest, TheGuardLooksAtWhatFunctionsAreFittedTo) {
  for (const auto& [name, inside, outside] : {std::tuple{"divisor", 3, 24}, {"exponent", 2, 3}})
    for (const std::int64_t steps : {inside, outside}) {
      Options options = doubling("rep3", steps);
      CompiledJob job(source_file(std::string("tests/compiled/") + name + ".mlir"), options);
      std::string found;
      try {
        job.run_compiled();
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kRange) << error.what();
        found = error.what();
      }
      EXPECT_EQ(!found.empty(), steps == outside) << name << " " << steps << " " << found;
    }
}

// Where bytes are dear the exponential is a square, where rounds are it is one lookup; the results are as
// good.
TEST(CompiledTest, TheNetworkChoosesTheExponential) {
  for (const auto& [network, variant, rounds] :
       {std::tuple{passes::Network{.megabit_per_second = 10100, .one_way_ms = 0.05}, "few bytes", 5U},
        {passes::Network{.megabit_per_second = 300, .one_way_ms = 20}, "few rounds", 3U}}) {
    Options options = doubling("rep3", 1);
    options.network = network;
    options.limits = {{"x", 1.0}};
    CompiledJob job(source_file("tests/compiled/exponentials.mlir"), options);
    int exponentials = 0;
    for (const auto& block : job.plan().blocks())
      for (const auto& operation : block.operations()) {
        if (operation.kernel() != "exp") continue;
        ++exponentials;
        EXPECT_EQ(operation.variant(), variant);
        EXPECT_EQ(operation.rounds(), rounds);
      }
    EXPECT_EQ(exponentials, 1);
    job.run_compiled();
    const auto& results = job.outputs().at("1").back().values;
    for (std::size_t i = 0; i < results.size(); ++i) {
      const double exact = std::exp(16 * job.data().at("x").at(i));
      ASSERT_NEAR(results[i], exact, 0x1p-9 * (1 + exact)) << variant;
    }
  }
}

// What is compared has a bound of 2^10 at least, which leaves e^x no precision without a clamp.
TEST(CompiledTest, ExponentialsOfWhatIsCompared) {
  for (const char* protocol : {"plain", "rep3"}) {
    Options options = doubling(protocol, 1);
    options.limits = {{"x", 1.0}};
    options.initializer = "torch_linear:1";
    CompiledJob job(source_file("tests/compiled/elu.mlir"), options);
    const Arrays start = job.start();
    const auto &s = start.at("s"), &x = job.data().at("x");
    job.run_compiled();
    const auto& results = job.outputs().at("1").back().values;
    ASSERT_EQ(results.size(), 20u);
    for (std::size_t i = 0; i < 20; ++i) {
      double h = 0;
      for (std::size_t k = 0; k < 6; ++k) h += x.at(i / 4 * 6 + k) * s.at(k * 4 + i % 4);
      EXPECT_NEAR(results[i], h > 0 ? h : std::expm1(h), 0x1p-13) << protocol << " " << h;
    }
  }
}

// A step that JAX differentiated: its constant factors move to the update, its log-softmax becomes softmax,
// and the loss that nobody asked for is gone.
TEST(CompiledTest, AStepOfJax) {
  Options options;
  options.name = "step";
  options.protocol = "plain";
  options.roles = {"all"};
  options.inputs = {{.name = "x", .role = "all", .encoding = "pixels", .file = ""},
                    {.name = "y", .role = "all", .encoding = "one_hot:10", .file = ""}};
  options.states = {{"w", "0"}, {"b", "1"}};
  options.steps = 3;
  options.reveals = {{.name = "model", .roles = {"all"}}};
  CompiledJob job(source_file("tests/compiled/jax_linear_step.mlir"), options);
  expect_equal_moves(job);
  for (const auto& block : job.plan().blocks())
    for (const auto& operation : block.operations()) {
      EXPECT_NE(operation.kernel(), "exp");
      EXPECT_NE(operation.kernel(), "log");
    }
}

class EmittedStepTest : public testing::Test {
 protected:
  void expect_step(const std::string& name, const std::vector<std::string>& arguments,
                   const std::vector<passes::StateLink>& states) {
    const auto path = source_file("../shared/data/stablehlo/programs/" + name);
    if (!std::filesystem::exists(path))
      GTEST_SKIP() << path << " is not here: programs made by others are kept apart";
    Options options;
    options.name = "step";
    options.protocol = "plain";
    options.roles = {"all"};
    options.inputs = {{.name = "x", .role = "all", .encoding = "pixels", .file = ""},
                      {.name = "onehot", .role = "all", .encoding = "one_hot:10", .file = ""}};
    options.states = states;
    options.steps = 2;
    options.reveals = {{.name = "model", .roles = {"all"}}};
    CompiledJob job(path, options, arguments);
    expect_equal_moves(job);
  }
};

TEST_F(EmittedStepTest, Linear) {
  expect_step("lean4mlir_linear_train_step.mlir", {"x", "W0", "b0", "onehot"}, {{"W0", "0"}, {"b0", "1"}});
}

TEST_F(EmittedStepTest, Perceptron) {
  expect_step("lean4mlir_mlp_train_step.mlir", {"x", "W0", "b0", "W1", "b1", "W2", "b2", "lslot", "onehot"},
              {{"W0", "0"}, {"b0", "1"}, {"W1", "2"}, {"b1", "3"}, {"W2", "4"}, {"b2", "5"}});
}

}  // namespace
}  // namespace sotto::tests
