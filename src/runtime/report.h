// The end of a run, for people and for machines: time, bytes and rounds, predicted and measured, by phase and
// by kernel.
#pragma once

#include <chrono>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "runtime/checkpointer.h"
#include "runtime/outputs.h"
#include "runtime/profile.h"
#include "runtime/security_card.h"

namespace sotto::runtime {

struct RunSummary {
  std::string job, party, plan_digest;
  std::string finished;        // "2026-11-20 08:30 UTC"
  double seconds = 0;          // from the first block to the last, of all sessions
  double connect_seconds = 0;  // until all parties were there
  Profile profile;
  Outputs outputs;
  std::string network;                                         // of the job: "" is not shaped
  std::map<std::string, std::vector<std::uint64_t>> revealed;  // by output: training runs before each opening
  std::uint64_t evaluated_rows = 0;  // that a trained model's output "correct" counts among; 0: none
  SecurityCard security;
  std::uint64_t resumed_after = 0;  // runs of blocks that earlier sessions did, and this one did not
  CheckpointStatistics checkpoints;
};

// "2026-11-20 08:30 UTC"
std::string time_text(std::chrono::system_clock::time_point time);
// Of a plan's evaluation: the rows that one pass over them looks at; 0 for none.
std::uint64_t evaluated_rows(const plan::Plan& plan);
// "9161 of 10000 (91.61 %)" for the count of right answers, else the number.
std::string scalar_text(const std::string& output, double value, std::uint64_t evaluated_rows);

std::string report_text(const RunSummary& summary);
// Outputs appear as their name and shape, and with their values up to 64 of them: larger ones belong into
// files.
nlohmann::json report_json(const RunSummary& summary);

// Of values in any order; 0 for none.
double median(std::vector<double> values);

}  // namespace sotto::runtime
