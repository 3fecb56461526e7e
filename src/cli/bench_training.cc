#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/human.h"
#include "cli/bench.h"
#include "cli/demo.h"
#include "cli/predict.h"
#include "cli/run_job.h"
#include "cli/scratch_job.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

std::filesystem::path compile_model(const TrainingBench& bench, const std::filesystem::path& directory) {
  const auto plan = directory / "bench.plan";
  const std::vector<std::string> arguments{"compile",     example_model(bench.model).string(),
                                           "--train",     bench.optimizer,
                                           "--rows",      fmt::format("{}", bench.batches * bench.batch),
                                           "--batch",     fmt::format("{}", bench.batch),
                                           "--epochs",    "1",
                                           "--network",   bench.network,
                                           "--test-rows", fmt::format("{}", bench.batch),
                                           "--output",    plan.string()};
  run_compiler(arguments);
  return plan;
}

// Keeps what the benchmark times: everything up to the first training phase, which runs `batches` times.
std::filesystem::path shortened(const TrainingBench& bench, const std::filesystem::path& directory) {
  auto plan = plan::parse_verified(runtime::read_plan_file(bench.plan));
  const auto train = std::ranges::find(plan.control(), "train", &plan::wire::Control::phase);
  if (train == plan.control().end())
    throw Error(ErrorKind::kUsage, fmt::format("{} has no phase called train", bench.plan.string()));
  plan.mutable_control(static_cast<int>(train - plan.control().begin()))->set_repeat(bench.batches);
  const auto file = directory / "bench.plan";
  std::ofstream(file, std::ios::binary) << plan::serialize(plan);
  return file;
}

// Mean over the runs after warm-up, of each party; the slowest counts.
double steady_seconds(const json& report, std::size_t phase) {
  double slowest = 0;
  for (const auto& party : report.at("parties")) {
    const auto runs = party.at("phases").at(phase).at("run_seconds").get<std::vector<double>>();
    const std::size_t skipped = std::min(runs.size() - 1, std::max<std::size_t>(1, runs.size() / 5));
    double sum = 0;
    for (std::size_t i = skipped; i < runs.size(); ++i) sum += runs[i];
    slowest = std::max(slowest, sum / static_cast<double>(runs.size() - skipped));
  }
  return slowest;
}

json figures(const TrainingBench& bench, const json& report, const plan::Plan& plan) {
  std::size_t phase = 0;
  while (report.at("phases").at(phase).at("phase") != "train") ++phase;
  const json& train = report.at("phases").at(phase);
  const auto runs = train.at("runs").get<std::uint64_t>();
  const auto& control = *std::ranges::find(plan.control(), "train", &plan::wire::Control::phase);
  const auto& block = plan.blocks(static_cast<int>(control.block()));
  const Counted predicted{block.name(), 1, block.rounds(), {block.bytes().begin(), block.bytes().end()}, 0};
  return {{"model", bench.model},
          {"optimizer", bench.optimizer},
          {"network", bench.network},
          {"batches", runs},
          {"batch", control.batch()},
          {"seconds_per_batch", steady_seconds(report, phase)},
          {"median_seconds_per_batch", train.at("median_seconds")},
          {"rounds_per_batch", train.at("rounds_measured").get<std::uint64_t>() / runs},
          {"bytes_all_per_batch", train.at("bytes_all_measured").get<std::uint64_t>() / runs},
          {"predicted_rounds", predicted.rounds},
          {"predicted_bytes", predicted.bytes_all()},
          {"predicted_network_seconds", network_seconds(predicted, net::parse_profile(bench.network))},
          {"operations", report.at("operations")}};
}

}  // namespace

int bench_training(const TrainingBench& bench) {
  if (bench.batches < 1) throw Error(ErrorKind::kUsage, "--batches must be at least 1");
  net::parse_profile(bench.network);
  const ScratchDirectory scratch;
  const auto file =
      bench.plan.empty() ? compile_model(bench, scratch.path()) : shortened(bench, scratch.path());
  const auto plan = plan::parse_verified(runtime::read_plan_file(file));
  ScratchJob job{"bench", file, bench.network, write_random_inputs(scratch.path(), plan), {}, false};
  const auto result = run_job(write_scratch_job(scratch.path(), job), !bench.json);
  if (result.exit_code != 0) return result.exit_code;
  const json out = figures(bench, result.report, plan);
  if (bench.json) {
    std::cout << out.dump() << '\n';
    return 0;
  }
  std::cout << report_text(result.report)
            << fmt::format(
                   "\nnetwork {} with {} on {}: {} a batch of {}, {} rounds, {} sent by all\n", bench.model,
                   bench.optimizer, bench.network, human_seconds(out.at("seconds_per_batch").get<double>()),
                   out.at("batch").get<std::uint64_t>(), out.at("rounds_per_batch").get<std::uint64_t>(),
                   human_bytes(out.at("bytes_all_per_batch").get<std::uint64_t>()));
  return 0;
}

}  // namespace sotto::cli
