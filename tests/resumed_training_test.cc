// A training in fixed point that is killed and resumed ends with a model as good as the one of a run that
// nothing happened to. Not the same bits: a resumed run has new keys, and they decide how truncations round.
#include <gmock/gmock.h>

#include <cmath>
#include <cstdlib>

#include "plan/splitmix.h"
#include "plan/verify.h"
#include "resumable_job.h"
#include "runtime/data.h"

namespace sotto::tests {
namespace {

constexpr std::size_t kFeatures = 8, kClasses = 4;
constexpr std::uint64_t kRows = 64, kTestRows = 32, kEpochs = 6, kSteps = kEpochs * kRows / 8;

// Of SGD with momentum on the small network; as the release's compiler makes it.
plan::Plan training_plan() {
  const cli::ScratchDirectory directory;
  const auto file = directory.path() / "training.plan";
  const auto command =
      std::string(SOTTO_BINARY_DIR) + "/sotto compile " + SOTTO_SOURCE_DIR +
      "/tests/small_network.mlir --train sgd --learning-rate 0.1 --momentum 0.9 --batch 8 --rows " +
      std::to_string(kRows) + " --test-rows " + std::to_string(kTestRows) + " --epochs " +
      std::to_string(kEpochs) +
      " --calibration-steps 48 --roles rows,other,helper --data x=rows --labels other"
      " --reveal model:rows --reveal accuracy:rows --reveal loss:rows -o " +
      file.string() + " >/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return plan::parse_verified(runtime::read_plan_file(file));
}

// The class of a row is the largest of its first four features.
void write_rows(const std::filesystem::path& directory, const std::string& prefix, std::uint64_t rows) {
  plan::SplitMix random(rows);
  std::vector<double> x(rows * kFeatures), labels(rows);
  for (double& number : x) number = 2 * random.unit() - 1;
  for (std::size_t row = 0; row < rows; ++row) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(row * kFeatures);
    labels[row] = static_cast<double>(std::max_element(first, first + kClasses) - first);
  }
  runtime::write_npy(directory / (prefix + "x.npy"), {static_cast<std::int64_t>(rows), kFeatures}, x);
  runtime::write_npy(directory / (prefix + "labels.npy"), {static_cast<std::int64_t>(rows)}, labels);
}

struct Trained {
  std::map<std::string, std::vector<double>> states;
  double correct, loss;
};

Trained trained(const Outcome& outcome) {
  const auto outputs = nlohmann::json::parse(outcome.ended[0].output).at("outputs");
  const auto values = [&](const char* name) {
    return outputs.at(name).back().at("values").get<std::vector<double>>();
  };
  Trained result{{}, values("correct")[0], values("loss")[0]};
  for (const char* name : {"w0", "b0", "w1", "b1"}) result.states[name] = values(name);
  return result;
}

double distance(std::span<const double> a, std::span<const double> b) {
  double squares = 0;
  for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - b[i]) * (a[i] - b[i]);
  return std::sqrt(squares / static_cast<double>(a.size()));
}

// Long enough for a step that somebody can be killed in: its twenty rounds take 20 ms.
class TrainingJob : public ResumableJob {
 public:
  explicit TrainingJob(const plan::Plan& plan) : ResumableJob("1000:1", 10, plan) {
    write_rows(directory.path(), "", kRows);
    write_rows(directory.path(), "test.", kTestRows);
  }
};

// A truncated number is off by less than a unit, on average by none. In a step that moves a weight by
//   rate * 2^-14 (the gradient's unit) * 2 (a large activation)
// = 2^-16.3; momentum multiplies by 1 / (1 - 0.9), and the steps, each with its own sign, add up like
// the square root of their number: 2^-16.3 * 10 * 7 = 2^-10.2, where nothing is averaged over the batch and
// all of it is worst. Weights came to about 0.6 in 48 steps: one that is lost or done twice is some 2^-6, and
// so is more than one where momentum begins anew.
constexpr double kRoundings = 0x1p-10;

TEST(ResumedTraining, ExampleTheModelIsAsGood) {
  if (!std::filesystem::exists(SOTTO_BINARY_DIR "/sotto-compile"))
    GTEST_SKIP() << "this build is without the compiler";
  const auto plan = training_plan();
  TrainingJob undisturbed(plan);
  const auto first = undisturbed.run_with({});
  expect_success(first);
  const auto expected = trained(first);
  EXPECT_GE(expected.correct, 0.6 * kTestRows);  // it has learnt

  TrainingJob job(plan);
  const auto killed = job.run_and_hurt([&] { return job.files(0, ".checkpoint").size() == 2; },
                                       [](const Pids& pids) { ::kill(pids[1], SIGKILL); });
  ASSERT_NE(killed.ended[1].exit_code, 0) << "the run was over before it could be hurt";
  const auto resumed = job.run_with({"--resume"});
  expect_success(resumed);
  EXPECT_GE(ResumableJob::resumed_after(resumed), 10u);
  EXPECT_LT(ResumableJob::resumed_after(resumed), kSteps);

  const auto actual = trained(resumed);
  for (const auto& [name, state] : expected.states)
    EXPECT_LE(distance(state, actual.states.at(name)), kRoundings) << name;
  EXPECT_NEAR(actual.loss, expected.loss, 0.002 * expected.loss);
  EXPECT_NEAR(actual.correct, expected.correct, 1);  // a row that was about to fall to the other side
}

}  // namespace
}  // namespace sotto::tests
