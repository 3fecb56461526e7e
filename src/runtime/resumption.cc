#include "runtime/resumption.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/log.h"

namespace sotto::runtime {
namespace {

[[noreturn]] void refuse_to_overwrite(const CheckpointDirectory& directory,
                                      const std::vector<CheckpointMark>& marks,
                                      const std::vector<std::string>& complaints, std::uint64_t total) {
  const auto what = marks.empty() ? complaints.front()
                                  : fmt::format(
                                        "{} holds checkpoints of an unfinished run, the newest "
                                        "after run {} of {}",
                                        directory.path().string(), marks.front().runs, total);
  throw Error(ErrorKind::kUsage, what,
              marks.empty() ? "If that run is over, --from-start drops its checkpoints and begins anew."
                            : "--resume goes on from there, at all parties; --from-start drops the "
                              "checkpoints and begins anew.");
}

}  // namespace

Checkpoints open_checkpoints(const Job& job, const LocalFiles& files, const Program& program,
                             const std::string& name, int self, const RunOptions& options) {
  Checkpoints checkpoints;
  if (!job.checkpoint.on()) {
    if (options.resume)
      throw Error(ErrorKind::kUsage, "there is nothing to resume: the job has no table [checkpoint]",
                  "Add it, with every_steps or every_seconds, before the run is started.");
    return checkpoints;
  }
  const CheckpointOwner owner{job.name, program.digest, to_hex(computation_digest(job)), name, self};
  checkpoints.directory =
      std::make_unique<CheckpointDirectory>(files.checkpoints, files.checkpoint_key, owner);
  const auto& directory = *checkpoints.directory;
  std::vector<std::string> complaints;
  checkpoints.marks = directory.usable(complaints);
  const auto total = total_runs(program.plan);
  const bool finished = !checkpoints.marks.empty() && checkpoints.marks.front().runs == total;
  if (!options.resume && !options.from_start && !finished && !directory.empty())
    refuse_to_overwrite(directory, checkpoints.marks, complaints, total);
  if (options.resume)
    for (const auto& complaint : complaints) log::warning("checkpoint not used: {}", complaint);
  return checkpoints;
}

Checkpoint load_checkpoint(const CheckpointDirectory& directory, const CheckpointMark& mark,
                           const OwnInputs& inputs) {
  auto checkpoint = directory.load(mark);
  for (const auto& [input, digest] : inputs.digests()) {
    const auto then = checkpoint.inputs.find(input);
    if (then == checkpoint.inputs.end() || then->second != digest)
      throw Error(ErrorKind::kData,
                  fmt::format("the file of input \"{}\" is not the one the run was started with", input),
                  "Give the same data, or start all over with --from-start.");
  }
  return checkpoint;
}

}  // namespace sotto::runtime
