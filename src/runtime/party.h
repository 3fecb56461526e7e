// One party of a job, from its files to its outputs: what `sotto party` does.
#pragma once

#include <functional>
#include <string>

#include "runtime/job.h"
#include "runtime/report.h"
#include "runtime/resumption.h"

namespace sotto::runtime {

// How far a run is: the phase, its runs done and in all, bytes sent by this party so far.
using OnProgress = std::function<void(const std::string& phase, std::uint64_t done, std::uint64_t total,
                                      std::uint64_t bytes)>;

// Reads plan, policy and data, and refuses before anybody is contacted; connects; runs; writes outputs and
// store. Throws Error of any kind; the other parties are told why.
RunSummary run_party(const Job& job, const std::string& name, const OnProgress& on_progress = {},
                     const RunOptions& options = {});

}  // namespace sotto::runtime
