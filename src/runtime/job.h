// A job file: which plan, among whom, who learns what, and, in a part that is nobody else's business, where
// this party's files are. TOML:
//
//   name = "mnist-a"
//   plan = "mnist_a.plan"                 # relative to the job file, as all paths
//   digest = "9f86d0..."                  # SHA-256 of the plan
//   network = "wan"                       # optional: shape the links as lan, wan or MBIT:ONE_WAY_MS
//
//   [parties.alice]
//   role = "images"                       # of the plan
//   address = "127.0.0.1:7001"
//   fingerprint = "ab12..."               # of the party's certificate: `sotto certs show`
//
//   [reveals]
//   accuracy = ["alice", "bob"]           # exactly who may learn what the plan reveals
//
//   [timeouts]                            # optional, in seconds
//   connect = 30
//   stall = 8
//
//   [checkpoint]                          # optional: a run that can be resumed; either or both
//   every_steps = 100                     # runs of blocks: for a training, steps
//   every_seconds = 300                   # by the first party's clock
//
//   [local.alice]                         # read by alice only; each party needs only its own
//   identity = "certs/alice"
//   inputs = { x = "train-images-idx3-ubyte" }
//   outputs = { accuracy = "accuracy.npy" }   # optional
//   policy = "alice.policy.toml"              # optional
//   store = "alice.share"                     # optional: the final parameters' shares, encrypted
//   store_key = "alice.store.key"
//   load = "alice.share"                      # for plans that take parameters from the parties' share stores
//   load_key = "alice.store.key"
//   checkpoint = { directory = "alice.checkpoints", key = "alice.checkpoint.key" }   # optional; by default
//                                             # NAME.PARTY.checkpoints, and checkpoint.key beside the
//                                             identity
//
// Everything but `local` is the agreement: its digest is compared in the handshake.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.h"
#include "plan/plan.h"

namespace sotto::runtime {

struct JobParty {
  std::string name, role, address, fingerprint;
  std::string role_place = {};  // in the job file, for messages
};

struct CheckpointSchedule {
  std::uint64_t every_steps = 0;  // runs of blocks; 0: not by their number
  double every_seconds = 0;       // 0: not by time
  bool on() const { return every_steps > 0 || every_seconds > 0; }
};

struct LocalFiles {
  std::filesystem::path identity, checkpoints, checkpoint_key;
  std::map<std::string, std::filesystem::path> inputs, outputs;
  std::optional<std::filesystem::path> policy, store, store_key, load, load_key;
};

struct Job {
  std::string name;
  std::filesystem::path plan;
  std::string digest;
  std::string network;  // "" is not shaped
  std::vector<JobParty> parties;
  std::map<std::string, std::vector<std::string>> reveals;  // output name to party names
  double connect_seconds = 30, stall_seconds = 8;
  CheckpointSchedule checkpoint;
  std::map<std::string, LocalFiles> local;  // by party name

  const JobParty& party_named(std::string_view name) const;
  const LocalFiles& local_of(std::string_view name) const;
};

// Throw ErrorKind::kUsage with file, line, column and remedy; unknown keys are refused. Paths become relative
// to `directory`. Total on arbitrary text.
Job parse_job(std::string_view text, const std::string& file_name, const std::filesystem::path& directory);
Job load_job(const std::filesystem::path& file);

// What the parties agree on: SHA-256 of a canonical text of everything but `local`.
Digest agreement_digest(const Job& job);
// What is computed by whom for whom: the same without certificates and schedule, which may change between
// sessions of one run.
Digest computation_digest(const Job& job);

// The job's parties in the order of the plan's computing roles. Throws kUsage unless they match one to one,
// and kPolicy unless the job lists every reveal of the plan with exactly its parties.
std::vector<JobParty> parties_in_plan_order(const Job& job, const plan::Plan& plan);

}  // namespace sotto::runtime
