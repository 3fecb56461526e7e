// What a run measured, beside what its plan predicted; one party's view.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace sotto::runtime {

// All operations of one kernel.
struct KindProfile {
  std::uint64_t runs = 0;
  std::uint64_t rounds_predicted = 0, rounds_measured = 0;  // summed over operations, which overlap
  std::uint64_t bytes_predicted = 0, bytes_measured = 0;    // sent by this party
  double seconds = 0;                                       // of this party's own work
};

// The entries of the control list with one phase and block: all epochs of a training.
struct PhaseProfile {
  std::string phase, block;
  std::uint64_t runs = 0;
  std::uint64_t rounds_predicted = 0, rounds_measured = 0;
  std::uint64_t bytes_predicted = 0, bytes_measured = 0;  // sent by this party; measured by the links
  std::uint64_t bytes_received = 0;
  std::uint64_t bytes_all_predicted = 0;       // sent by all parties
  std::vector<std::uint64_t> links_predicted;  // [from * parties + to], all parties
  std::vector<std::uint64_t> links_measured;   // [to], sent by this party
  std::vector<double> seconds;                 // of each run
  double total_seconds() const;
};

struct Profile {
  std::map<std::string, KindProfile> kinds;
  std::vector<PhaseProfile> phases;
};

}  // namespace sotto::runtime
