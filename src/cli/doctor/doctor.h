// sotto doctor: whether this machine, this party's part of a job and the way to its peers are in order.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "cli/doctor/checks.h"
#include "runtime/job.h"
#include "runtime/program.h"

namespace sotto::cli {

struct Doctor {
  std::string job, name;  // both or none: without a job only the machine is looked at
  bool no_peers = false, json = false;
  double wait_seconds = 10;
};

// Prints the findings; gives 0, the code of kSystem when something failed, or of kPeer when nothing did but a
// peer was not there to look at.
int run_doctor(const Doctor& doctor);

namespace doctor {

// What the later checks need of the job; empty where an earlier one failed.
struct OwnPart {
  std::optional<runtime::Job> job;
  std::optional<runtime::Program> program;
  std::vector<runtime::JobParty> parties;  // in the plan's order
  std::size_t self = 0;
};

// Processor, cores, memory, entropy, file descriptors, clock.
void check_machine(Checks& checks);
// Job file, plan, digest, policy, identity, inputs, places for outputs.
OwnPart check_own_part(Checks& checks, const Doctor& doctor);
// Memory and space for this plan.
void check_room(Checks& checks, const OwnPart& part, const std::string& name);
// Own port, names, addresses, certificates, versions, delay and rate; what they mean for the plan.
void check_peers(Checks& checks, const OwnPart& part, const Doctor& doctor);

}  // namespace doctor
}  // namespace sotto::cli
