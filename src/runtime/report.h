// The end of a run, for people and for machines: time, bytes and rounds, predicted and measured, by phase and
// by kernel.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "runtime/outputs.h"
#include "runtime/profile.h"

namespace sotto::runtime {

struct RunSummary {
  std::string job, party, plan_digest;
  double seconds = 0;          // from the first block to the last
  double connect_seconds = 0;  // until all parties were there
  Profile profile;
  Outputs outputs;
};

std::string report_text(const RunSummary& summary);
// Outputs appear as their name and shape, and with their values up to 64 of them: larger ones belong into
// files.
nlohmann::json report_json(const RunSummary& summary);

// Of values in any order; 0 for none.
double median(std::vector<double> values);

}  // namespace sotto::runtime
