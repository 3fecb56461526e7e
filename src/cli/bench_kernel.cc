#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/human.h"
#include "cli/bench.h"
#include "cli/kernel_rows.h"
#include "cli/predict.h"
#include "cli/run_job.h"
#include "cli/scratch_job.h"
#include "cli/setup_cost.h"
#include "plan/verify.h"
#include "runtime/program.h"
#include "runtime/report.h"

namespace sotto::cli {
namespace {

using nlohmann::json;

constexpr std::uint64_t kWarmUp = 2;

// Median over the runs after warm-up, of the slowest party.
double steady_seconds(const json& report) {
  double slowest = 0;
  for (const auto& party : report.at("parties")) {
    auto runs = party.at("phases").at(1).at("run_seconds").get<std::vector<double>>();
    runs.erase(runs.begin(), runs.begin() + kWarmUp);
    slowest = std::max(slowest, runtime::median(runs));
  }
  return slowest;
}

}  // namespace

int bench_kernel(const KernelBench& bench) {
  if (bench.elements < 1 || bench.elements > (1 << 28))
    throw Error(ErrorKind::kUsage, "--elements must be 1 to 268435456");
  if (bench.bits < 20 || bench.bits > 62) throw Error(ErrorKind::kUsage, "--bits must be 20 to 62");
  const ScratchDirectory scratch;
  const auto plan =
      kernel_plan(bench.protocol, bench.operation, bench.elements, bench.repeats + kWarmUp, bench.bits);
  const auto file = scratch.path() / "kernel.plan";
  std::ofstream(file, std::ios::binary) << plan::serialize(plan);
  ScratchJob job{"bench", file, bench.network, write_random_inputs(scratch.path(), plan), {}, false};
  const auto result = run_job(write_scratch_job(scratch.path(), job), !bench.json);
  if (result.exit_code != 0) return result.exit_code;
  const json& phase = result.report.at("phases").at(1);
  const auto runs = phase.at("runs").get<std::uint64_t>();
  const auto bytes = phase.at("bytes_all_measured").get<std::uint64_t>() / runs;
  const Counted predicted{
      "step", 1, plan.blocks(1).rounds(), {plan.blocks(1).bytes().begin(), plan.blocks(1).bytes().end()}, 0};
  const json out{{"protocol", bench.protocol},
                 {"operation", bench.operation},
                 {"elements", bench.elements},
                 {"bits", bench.bits},
                 {"network", bench.network},
                 {"seconds", steady_seconds(result.report)},
                 {"rounds", phase.at("rounds_measured").get<std::uint64_t>() / runs},
                 {"bytes_all", bytes},
                 {"bytes_per_element", static_cast<double>(bytes) / static_cast<double>(bench.elements)},
                 {"predicted_rounds", predicted.rounds},
                 {"predicted_bytes", predicted.bytes_all()},
                 {"online_seconds", steady_seconds(result.report)},
                 {"online_bytes", bytes},
                 {"setup_seconds", setup_seconds(result.report)},
                 {"setup_bytes", setup_bytes(runtime::prepare(plan, ""))}};
  if (bench.json)
    std::cout << out.dump() << '\n';
  else
    std::cout << fmt::format(
        "{} of {} elements with {} on {}: {}, {} rounds, {} sent by all, {:.2f} bytes an element\n",
        bench.operation, bench.elements, bench.protocol, bench.network,
        human_seconds(out.at("seconds").get<double>()), out.at("rounds").get<std::uint64_t>(),
        human_bytes(bytes), out.at("bytes_per_element").get<double>());
  return 0;
}

}  // namespace sotto::cli
