// sotto learn: a learner's job, from tables to a model, and from a model to predictions. One party of it
// (--as), or all on this machine.
#pragma once

#include <filesystem>
#include <string>

#include "cli/run_flags.h"
#include "learn/linear/job.h"

namespace sotto::cli {

struct Learn {
  learn::Regression kind = learn::Regression::kLogistic;
  std::string job = {}, name = {}, page = {};
  bool predict = false;  // the job applies what another one learnt, and says of which kind it was
  bool json = false, progress_lines = false, plan_only = false;
  RunFlags run = {};
};

// Returns the exit code. A party alone reads its table, compares rows with the others, compiles the plan
// (every party the same one, which the handshake checks), runs its part and writes what it learnt.
int run_learn(const Learn& learn);

}  // namespace sotto::cli
