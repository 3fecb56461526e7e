// The flags that `sotto party` and `sotto run` share: how a run begins and when it is saved.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "runtime/job.h"

namespace sotto::cli {

struct RunFlags {
  bool resume = false, from_start = false, overwrite = false;
  std::uint64_t checkpoint_steps = 0;  // 0: as the job says
  double checkpoint_seconds = 0;

  void declare(CLI::App& command);
  // The schedule is part of what the parties agree on: all must be given the same.
  void apply_to(runtime::Job& job) const;
  // The same flags for another command.
  std::vector<std::string> words() const;
};

}  // namespace sotto::cli
