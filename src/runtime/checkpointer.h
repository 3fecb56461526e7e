// Writes checkpoints while a plan runs: all parties at the same places, and all of them or none.
//
// At a boundary between runs of blocks where one is due:
//   1. every party writes its own as `pending` and flushes it to the disk;
//   2. one round: everybody says whether it could;
//   3. if all could, everybody commits: renames, and removes what is older than the one before;
//      else everybody removes it again, says whose disk failed, and goes on: the one before still counts.
// Whoever dies before 2 leaves the others without the new one, but with the one before; whoever dies after 2
// has the new one as pending, which at a resumption counts like any (opening.h).
//
// Schedules in seconds follow the first party's clock, which nobody else's must agree with: it says at a
// boundary, one round, whether to write now and after how many runs it will say so again.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "net/rounds.h"
#include "runtime/checkpoint_directory.h"
#include "runtime/job.h"

namespace sotto::runtime {

struct CheckpointStatistics {
  std::uint64_t written = 0, failed = 0;
  double seconds = 0;  // spent on them, waiting included
};

class Checkpointer {
 public:
  // `names` of the parties in plan order. Everything referred to outlives the checkpointer.
  Checkpointer(CheckpointDirectory& directory, const CheckpointSchedule& schedule, net::Rounds& rounds,
               std::vector<std::string> names, SessionId session, std::map<std::string, Digest> inputs);

  // After `runs` of `total` runs, at every party. `seconds`: spent running so far. `executor` is asked for
  // its state when a checkpoint is due; the end of a run always has one, so that results survive their
  // writing.
  void at_boundary(const Executor& executor, std::uint64_t runs, std::uint64_t total, double seconds);
  // The run begins, or goes on, after so many runs.
  void begin_after(std::uint64_t runs);

  const CheckpointStatistics& statistics() const { return statistics_; }

 private:
  bool due(std::uint64_t runs);
  bool due_by_clock(std::uint64_t runs);
  void write(const Executor& executor, std::uint64_t runs, double seconds);

  CheckpointDirectory& directory_;
  const CheckpointSchedule schedule_;
  net::Rounds& rounds_;
  const std::vector<std::string> names_;
  const SessionId session_;
  const std::map<std::string, Digest> inputs_;
  std::uint64_t last_written_ = 0;  // runs; of this session
  std::uint64_t next_question_ = 0;
  std::chrono::steady_clock::time_point last_time_;
  CheckpointStatistics statistics_;
};

// How many runs may pass until the clock is asked again, when `runs` took `elapsed` seconds of `interval`: at
// most as many as fit into the rest, and never more than double of what has been seen.
std::uint64_t runs_until_question(std::uint64_t runs, double elapsed, double interval);

}  // namespace sotto::runtime
