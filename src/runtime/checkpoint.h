// A checkpoint: one party's part of everything a run needs to go on after any of its parties died. It holds
// this party's shares of all states, its place in the control list, and what it has learnt and measured so
// far; data sets are not in it: they stay with their owners, who share them again.
#pragma once

#include <compare>
#include <map>
#include <string>

#include "base/hash.h"
#include "runtime/executor.h"
#include "runtime/session_id.h"

namespace sotto::runtime {

// Which checkpoint: parties hold the same one only if both agree. Of one session, more runs are newer.
struct CheckpointMark {
  std::uint64_t runs = 0;  // of blocks, done
  SessionId session{};     // in which it was written
  auto operator<=>(const CheckpointMark&) const = default;
};

// Whose it is. All must match for a checkpoint to be used.
struct CheckpointOwner {
  std::string job, plan_digest, computation;  // digests in hexadecimal; see computation_digest()
  std::string party;
  int party_index = 0;
  bool operator==(const CheckpointOwner&) const = default;
};

struct Checkpoint {
  CheckpointOwner owner;
  CheckpointMark mark;
  double seconds = 0;                    // spent running so far, all sessions together
  std::map<std::string, Digest> inputs;  // of this party's own data: they must not change
  Snapshot snapshot;
};

Bytes to_bytes(const Checkpoint& checkpoint);
// Throws kData naming `what` when the bytes are no checkpoint. Total on arbitrary bytes.
Checkpoint checkpoint_from(std::span<const std::byte> bytes, const std::string& what);

// What keeps a checkpoint of `theirs` from being used by `mine`, beginning with a verb: "is of job ...";
// empty when nothing does.
std::string difference(const CheckpointOwner& mine, const CheckpointOwner& theirs);

}  // namespace sotto::runtime
