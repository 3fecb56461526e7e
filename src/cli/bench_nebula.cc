#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/human.h"
#include "cli/bench.h"
#include "cli/nebula_plan.h"
#include "cli/predict.h"
#include "cli/run_job.h"
#include "cli/scratch_job.h"
#include "cli/setup_cost.h"
#include "plan/initializer.h"
#include "plan/splitmix.h"
#include "runtime/data.h"
#include "runtime/program.h"
#include "runtime/report.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

constexpr double kStartMagnitude = 0.005;

// One side's part of the experiment, in the clear.
struct Side {
  std::vector<double> features, weights;  // row-major; as they start, then as plain training leaves them
};

struct Experiment {
  Side sides[2];
  std::vector<double> labels;
};

// Numbers that their formats hold exactly.
Experiment random_experiment(const NebulaShape& shape) {
  plan::SplitMix random(1);
  Experiment experiment;
  const auto half = static_cast<std::size_t>(shape.features / 2), rows = static_cast<std::size_t>(shape.rows);
  for (Side& side : experiment.sides) {
    side.features.resize(rows * half);
    for (double& x : side.features)
      x = std::ldexp(static_cast<double>(random.below(1u << kFeatureBits)), -kFeatureBits) - 0.5;
    side.weights.resize(half);
    for (double& w : side.weights)
      w = std::ldexp(std::round(std::ldexp((2 * random.unit() - 1) * kStartMagnitude, kWeightBits)),
                     -kWeightBits);
  }
  experiment.labels.resize(rows);
  for (double& y : experiment.labels) y = static_cast<double>(random.below(2));
  return experiment;
}

std::map<std::string, std::filesystem::path> write_inputs(const std::filesystem::path& directory,
                                                          const NebulaShape& shape,
                                                          const Experiment& experiment) {
  std::map<std::string, std::filesystem::path> files;
  const auto write = [&](const std::string& name, const Shape& extents, std::span<const double> values) {
    files[name] = directory / (name + ".npy");
    runtime::write_npy(files[name], extents, values);
  };
  for (int i = 0; i < 2; ++i) {
    const std::string name = kNebulaRoles[static_cast<std::size_t>(i)];
    write("features." + name, {shape.rows, shape.features / 2}, experiment.sides[i].features);
    write("start." + name, {shape.features / 2, 1}, experiment.sides[i].weights);
  }
  write("labels", {shape.rows, 1}, experiment.labels);
  return files;
}

void train_plainly(const NebulaShape& shape, Experiment& experiment) {
  const auto half = static_cast<std::size_t>(shape.features / 2),
             batch = static_cast<std::size_t>(shape.batch());
  std::vector<double> errors(batch);
  for (std::int64_t run = 0; run < shape.epochs * shape.batches; ++run) {
    const std::size_t first = static_cast<std::size_t>(run % shape.batches) * batch;
    for (std::size_t i = 0; i < batch; ++i) {
      double score = 0;
      for (const Side& side : experiment.sides)
        for (std::size_t j = 0; j < half; ++j)
          score += side.features[(first + i) * half + j] * side.weights[j];
      errors[i] = 1 / (1 + std::exp(-score)) - experiment.labels[first + i];
    }
    for (Side& side : experiment.sides)
      for (std::size_t i = 0; i < batch; ++i)
        for (std::size_t j = 0; j < half; ++j)
          side.weights[j] -=
              shape.rate() / static_cast<double>(batch) * errors[i] * side.features[(first + i) * half + j];
  }
}

// How far the secret weights are from those of plain training, which the experiment's are changed to.
double largest_error(const NebulaShape& shape, Experiment& experiment,
                     const std::filesystem::path& directory) {
  train_plainly(shape, experiment);
  double largest = 0;
  for (int i = 0; i < 2; ++i) {
    const std::string name = kNebulaRoles[static_cast<std::size_t>(i)];
    const auto file = directory / fmt::format("{}.weights.{}.npy", name, name);
    const auto revealed = runtime::parse_npy(runtime::read_packed_file(file));
    for (std::size_t j = 0; j < revealed.size(); ++j)
      largest = std::max(largest, std::abs(revealed.at(j) - experiment.sides[i].weights[j]));
  }
  return largest;
}

// Of an epoch: the median over epochs, of the slowest party.
double epoch_seconds(const json& report, std::int64_t batches) {
  double slowest = 0;
  for (const auto& party : report.at("parties")) {
    const auto runs = party.at("phases").at(1).at("run_seconds").get<std::vector<double>>();
    std::vector<double> epochs(runs.size() / static_cast<std::size_t>(batches));
    for (std::size_t i = 0; i < runs.size(); ++i) epochs[i / static_cast<std::size_t>(batches)] += runs[i];
    slowest = std::max(slowest, runtime::median(epochs));
  }
  return slowest;
}

// A party's own work on the operations of training, an epoch; of the busiest.
double compute_seconds(const json& report, std::int64_t epochs) {
  double most = 0;
  for (const auto& party : report.at("parties")) {
    double sum = 0;
    for (const auto& [kernel, profile] : party.at("operations").items())
      if (kernel != "input" && kernel != "reveal") sum += profile.at("seconds").get<double>();
    most = std::max(most, sum);
  }
  return most / static_cast<double>(epochs);
}

struct Published {
  double mbit, nebula, tf_encrypted;
};
// Nebula (poster, 2020): seconds of one iteration; TF-Encrypted as measured there.
constexpr Published kPublished[] = {{10, 102, 1394}, {30, 76, 465}, {50, 71, 277}};

void check(const NebulaBench& bench) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorKind::kUsage, what); };
  if (bench.features < 2 || bench.features % 2 != 0 || bench.features > 1'000'000)
    refuse("--features must be even, 2 to 1000000");
  if (bench.batches < 1 || !std::has_single_bit(static_cast<std::uint64_t>(bench.batches)) ||
      bench.batches > 64)
    refuse("--batches must be a power of two up to 64");
  if (bench.epochs < 1 || bench.epochs > 1000) refuse("--epochs must be 1 to 1000");
}

}  // namespace

int bench_nebula(const NebulaBench& bench) {
  check(bench);
  const NebulaShape shape{.features = bench.features,
                          .batches = bench.batches,
                          .epochs = bench.epochs,
                          .link = plan::link_of(bench.mbit, bench.delay_ms, /*duplex=*/true)};
  const auto network = fmt::format("{}:{}:duplex", bench.mbit, bench.delay_ms);
  net::parse_profile(network);
  const ScratchDirectory scratch;
  const auto plan = nebula_plan(shape);
  const auto file = scratch.path() / "nebula.plan";
  std::ofstream(file, std::ios::binary) << plan::serialize(plan);
  Experiment experiment = random_experiment(shape);
  const ScratchJob job{"nebula",
                       file,
                       network,
                       write_inputs(scratch.path(), shape, experiment),
                       {"weights.left", "weights.right"},
                       false};
  const auto result = run_job(write_scratch_job(scratch.path(), job), !bench.json);
  if (result.exit_code != 0) return result.exit_code;
  const auto& block = plan.blocks(1);
  const json& phase = result.report.at("phases").at(1);
  const auto batches = static_cast<std::uint64_t>(shape.batches),
             epochs = static_cast<std::uint64_t>(shape.epochs);
  json out{{"mbit", bench.mbit},
           {"delay_ms", bench.delay_ms},
           {"rows", shape.rows},
           {"features", shape.features},
           {"batches", shape.batches},
           {"seconds", epoch_seconds(result.report, shape.batches)},
           {"setup_seconds", setup_seconds(result.report)},
           {"setup_bytes", setup_bytes(runtime::prepare(plan, ""))},
           {"bytes_each_way", {block.bytes(1) * batches, block.bytes(2) * batches}},
           {"bytes_all_measured", phase.at("bytes_all_measured").get<std::uint64_t>() / epochs},
           {"rounds", phase.at("rounds_measured").get<std::uint64_t>() / epochs},
           {"compute_seconds", compute_seconds(result.report, shape.epochs)},
           {"largest_error", largest_error(shape, experiment, scratch.path())}};
  for (const Published& published : kPublished)
    if (published.mbit == bench.mbit && bench.features == 100000)
      out["published"] = {{"nebula_seconds", published.nebula},
                          {"tf_encrypted_seconds", published.tf_encrypted}};
  if (bench.json) {
    std::cout << out.dump() << '\n';
    return 0;
  }
  std::cout << report_text(result.report)
            << fmt::format(
                   "\n{} rows, {} features of two parties, {} Mbit/s each way: {} an epoch of {} batches, {} "
                   "and {} "
                   "sent, {} rounds; weights differ by at most {:.2g} from plain training's\n",
                   shape.rows, shape.features, bench.mbit, human_seconds(out.at("seconds").get<double>()),
                   shape.batches, human_bytes(block.bytes(1) * batches),
                   human_bytes(block.bytes(2) * batches), out.at("rounds").get<std::uint64_t>(),
                   out.at("largest_error").get<double>());
  return 0;
}

}  // namespace sotto::cli
