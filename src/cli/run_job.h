// sotto run: all parties of a job on this machine, as processes, and their reports as one.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace sotto::cli {

struct RunResult {
  int exit_code = 0;
  std::vector<std::string> messages;  // what the parties said when it failed
  // When the exit code is 0:
  //   job, plan_digest, seconds (the slowest party's)
  //   phases: [{phase, runs, seconds, median_seconds, rounds_predicted, rounds_measured,
  //             bytes_all_predicted, bytes_all_measured}], slowest party, sums over parties
  //   operations: {kernel: {runs, seconds, rounds_*, bytes_all_*}}, seconds summed over parties
  //   outputs: {party: {name: [...]}}; parties: [each party's own report]
  nlohmann::json report;
};

// `party_flags` go to every party. Errors of the parties go to standard error, each line under its party's
// name.
RunResult run_job(const std::filesystem::path& job_file, bool show_progress,
                  const std::function<void(const std::vector<int>& pids)>& on_started = {},
                  const std::vector<std::string>& party_flags = {});

// Writes the run's page, also of a run that failed; nothing for an empty file name.
void write_run_page(const std::filesystem::path& file, const std::filesystem::path& job_file,
                    const RunResult& result);

std::string report_text(const nlohmann::json& report);

// The parties' own reports as one; not of no parties.
nlohmann::json merged_report(const nlohmann::json& parties);

}  // namespace sotto::cli
