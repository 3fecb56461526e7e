// How a party comes to go on with a run: what it checks at home before it contacts anybody, and afterwards.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/checkpoint_directory.h"
#include "runtime/own_inputs.h"

namespace sotto::runtime {

// How a run begins. Neither: from the beginning, unless checkpoints of an unfinished run are there.
struct RunOptions {
  bool resume = false;      // go on from the newest checkpoint that all parties hold
  bool from_start = false;  // begin anew and drop the checkpoints that are there
  bool overwrite = false;   // replace the share store of an earlier run
};

// What this party holds of earlier sessions.
struct Checkpoints {
  std::unique_ptr<CheckpointDirectory> directory;  // null when the job has no schedule
  std::vector<CheckpointMark> marks;               // newest first
};

// Throws kUsage: nothing to resume, or a run to resume that nobody asked for or dropped; kSystem: the
// directory cannot be used or is in use.
Checkpoints open_checkpoints(const Job& job, const LocalFiles& files, const Program& program,
                             const std::string& name, int self, const RunOptions& options);

// The checkpoint that the parties agreed on. Throws kData when it is damaged, or this party's data are others
// than then: what was revealed already must not be revealed of other data.
Checkpoint load_checkpoint(const CheckpointDirectory& directory, const CheckpointMark& mark,
                           const OwnInputs& inputs);

}  // namespace sotto::runtime
