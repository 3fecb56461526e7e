// Who learns what: every opening of a plan, from the plan alone. A verified plan opens values nowhere else;
// inside protocols every message is masked (docs/openings.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace sotto::plan {

// One operation that opens a value.
struct Opening {
  std::string name;                 // of the Reveal: the output's name in the job file
  Special kind = Special::kReveal;  // kReveal or kGuard
  std::uint32_t value = 0;
  std::uint32_t block = 0;
  int operation = 0;
  std::vector<std::uint32_t> roles;  // who learns it
  std::uint64_t times = 0;           // over the whole control list
  std::vector<std::string> phases;   // in which it happens
  std::string source;                // the program's line, may be empty
};

// In the order of blocks and operations. The plan is verified.
std::vector<Opening> openings_of(const Plan& plan);

// What opening it is good for, in words.
std::string purpose_of(const Opening& opening);

// For each time the reveal of this name opens its value, in order: how many runs of the phase "train" came
// before.
std::vector<std::uint64_t> training_runs_before(const Plan& plan, const std::string& name);

// "fixed(10, 3).18 < 2^8", "bits(4)", "public().18": shape, fraction bits and bound.
std::string type_text(const Value& value);
// "images, labels"
std::string names_of_roles(const Plan& plan, const std::vector<std::uint32_t>& roles);

}  // namespace sotto::plan
