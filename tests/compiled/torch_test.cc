// The plain training steps of the convolutional examples against PyTorch's: gradients and updates by another
// implementation. Skipped where Debian's python3-torch is not installed.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>

#include "frontends/stablehlo/read.h"
#include "passes/pipeline.h"
#include "passes/reference/reference.h"
#include "passes/support/tensors.h"

namespace sotto {
namespace {

using passes::Arrays;

constexpr int kBatch = 128, kSteps = 3;

bool torch_is_here() {
  static const bool here = std::system("/usr/bin/python3 -c 'import torch' >/dev/null 2>&1") == 0;
  return here;
}

void write(const std::filesystem::path& path, const std::vector<float>& values) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(float)));
}

std::vector<float> read(const std::filesystem::path& path, std::size_t count) {
  std::vector<float> values(count);
  std::ifstream(path, std::ios::binary)
      .read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(float)));
  return values;
}

passes::Options options() {
  passes::Options options;
  options.training = passes::Training{};
  options.training->batch = kBatch;
  options.training->rows = options.training->test_rows = kBatch * kSteps;
  options.training->data = {.name = "x", .role = "images", .encoding = "pixels", .file = ""};
  options.training->labels = {.name = "labels", .role = "labels", .encoding = "", .file = ""};
  return options;
}

class Torch : public testing::TestWithParam<const char*> {};

TEST_P(Torch, TakesTheSameSteps) {
  if (!torch_is_here()) GTEST_SKIP() << "python3-torch is not installed";
  const std::string name = GetParam();
  const auto directory = std::filesystem::temp_directory_path() / ("sotto_torch_" + std::to_string(getpid()));
  std::filesystem::create_directories(directory);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  frontends::stablehlo::load_dialects(context);
  auto module =
      frontends::stablehlo::read_file_or_throw(context, SOTTO_SOURCE_DIR "/examples/" + name + ".mlir");
  auto entry = frontends::stablehlo::entry_function(*module);
  for (unsigned i = 0; i < entry.getNumArguments(); ++i)
    entry.setArgAttr(i, passes::kNameAttribute,
                     mlir::StringAttr::get(&context, frontends::stablehlo::argument_name(entry, i)));
  passes::prepare_program(*module, options());
  auto step = module->lookupSymbol<mlir::func::FuncOp>("step");
  const Arrays data = passes::synthetic_data(*module, kBatch * kSteps);
  Arrays states = passes::initial_states(step, 1, data);
  const Arrays before = states;
  for (const char* input : {"x", "labels"})
    write(directory / (std::string(input) + ".f32"), data.at(input).as<float>());
  for (auto& [key, state] : states) write(directory / (key + ".f32"), state.as<float>());
  for (int i = 0; i < kSteps; ++i) {
    std::vector<std::uint32_t> rows(kBatch);
    std::iota(rows.begin(), rows.end(), i * kBatch);
    ASSERT_TRUE(mlir::succeeded(passes::run_plainly(step, states, data, rows)));
  }
  const std::string command = "/usr/bin/python3 " SOTTO_SOURCE_DIR "/tests/compiled/torch_training.py " +
                              name + " " + directory.string() + " " + std::to_string(kSteps);
  ASSERT_EQ(std::system(command.c_str()), 0);
  int compared = 0;
  for (const auto& [key, state] : states) {
    if (key.starts_with("momentum.")) continue;
    const auto& ours = state.as<float>();
    const auto theirs = read(directory / (key + ".out"), ours.size());
    double moved = 0, apart = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      moved = std::max(moved, std::fabs(double{theirs[i]} - before.at(key).as<float>()[i]));
      apart = std::max(apart, std::fabs(double{theirs[i]} - ours[i]));
    }
    EXPECT_GT(moved, 1e-5) << key;
    EXPECT_LT(apart, 2e-7 + 1e-4 * moved) << key << " moved by " << moved;
    ++compared;
  }
  EXPECT_EQ(compared, name == "mnist_d" ? 6 : 8);
  std::filesystem::remove_all(directory);
}

INSTANTIATE_TEST_SUITE_P(Examples, Torch, testing::Values("mnist_b", "mnist_c", "mnist_d"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace sotto
