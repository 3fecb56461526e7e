// A job of three processes on this machine, watched closely: for tests of commands and faults.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <fstream>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "cli/kernel_rows.h"
#include "cli/processes.h"
#include "cli/progress_lines.h"
#include "cli/scratch_job.h"
#include "net/identity.h"

namespace sotto::tests {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// What the parties said and how they ended.
struct Outcome {
  std::vector<cli::Ended> ended;
  std::map<std::string, std::string> errors;  // by party
  std::chrono::steady_clock::time_point hurt;
  double seconds_after_hurt(std::size_t party) const {
    return std::chrono::duration<double>(ended[party].when - hurt).count();
  }
};

// What parties are started with beside the usual.
struct Start {
  std::vector<std::string> flags{};                               // of all
  std::map<std::string, std::vector<std::string>> environment{};  // by party
};

class LocalJob {
 public:
  // Comparisons, one after another, for minutes.
  explicit LocalJob(std::uint64_t repeats = 1000000)
      : LocalJob(cli::kernel_plan("rep3", "compare", 1000, repeats)) {}

  explicit LocalJob(const plan::Plan& plan, const std::string& network = "",
                    std::uint64_t checkpoint_steps = 0) {
    plan_file = directory.path() / "job.plan";
    write_file(plan_file, plan::serialize(plan));
    const auto file =
        cli::write_scratch_job(directory.path(), {"job",
                                                  plan_file,
                                                  network,
                                                  cli::write_random_inputs(directory.path(), plan),
                                                  {},
                                                  false,
                                                  checkpoint_steps});
    for (const auto& role : plan.roles()) {
      names.push_back(role.name());
      job_files.push_back(directory.path() / (role.name() + ".toml"));
      std::filesystem::copy_file(file, job_files.back());
    }
  }

  // Runs all parties; `hurt` gets the process ids once the job is well under way (or at once).
  Outcome run(const std::function<void(const std::vector<int>&)>& hurt = {}, bool wait_for_progress = true,
              const Start& start = {}) {
    std::vector<cli::Launch> launches;
    for (std::size_t i = 0; i < names.size(); ++i) {
      launches.push_back({names[i],
                          "sotto-party",
                          {"party", "--job", job_files[i].string(), "--as", names[i], "--json",
                           i == 0 ? "--progress-lines" : "--quiet"}});
      auto& words = launches.back().arguments;
      words.insert(words.end(), start.flags.begin(), start.flags.end());
      const auto variables = start.environment.find(names[i]);
      if (variables != start.environment.end()) launches.back().environment = variables->second;
    }
    Outcome outcome;
    std::vector<int> pids;
    bool done = !hurt;
    const auto act = [&] {
      if (done) return;
      done = true;
      outcome.hurt = std::chrono::steady_clock::now();
      hurt(pids);
    };
    cli::Watch watch;
    watch.on_started = [&](const std::vector<int>& started) {
      pids = started;
      if (!wait_for_progress) act();
    };
    watch.on_error_line = [&](const std::string& name, const std::string& line) {
      const auto progress = cli::parse_progress_line(line);
      if (!progress)
        outcome.errors[name] += line + "\n";
      else if ((progress->phase == "step" || progress->phase == "train") && progress->done > 20)
        act();
    };
    outcome.ended = cli::run_processes(launches, watch);
    return outcome;
  }

  cli::ScratchDirectory directory;
  std::filesystem::path plan_file;
  std::vector<std::string> names;
  std::vector<std::filesystem::path> job_files;  // one copy for each party
};

}  // namespace sotto::tests
