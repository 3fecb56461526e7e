#include "cli/run_flags.h"

#include <fmt/format.h>

namespace sotto::cli {

void RunFlags::declare(CLI::App& command) {
  auto* resumed =
      command.add_flag("--resume", resume, "Go on from the newest checkpoint that all parties hold");
  command.add_flag("--from-start", from_start, "Drop the checkpoints that are there, and begin anew")
      ->excludes(resumed);
  command.add_flag("--overwrite", overwrite, "Replace the trained model that an earlier run stored");
  command
      .add_option("--checkpoint-steps", checkpoint_steps,
                  "Save the run after so many steps; the same at all parties")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 32));
  command
      .add_option("--checkpoint-seconds", checkpoint_seconds,
                  "Save the run after so many seconds; the same at all parties")
      ->check(CLI::Range(0.1, 1e9));
}

void RunFlags::apply_to(runtime::Job& job) const {
  if (checkpoint_steps == 0 && !(checkpoint_seconds > 0)) return;
  job.checkpoint = {checkpoint_steps, checkpoint_seconds};
}

std::vector<std::string> RunFlags::words() const {
  std::vector<std::string> words;
  if (resume) words.emplace_back("--resume");
  if (from_start) words.emplace_back("--from-start");
  if (overwrite) words.emplace_back("--overwrite");
  if (checkpoint_steps > 0)
    words.insert(words.end(), {"--checkpoint-steps", fmt::format("{}", checkpoint_steps)});
  if (checkpoint_seconds > 0)
    words.insert(words.end(), {"--checkpoint-seconds", fmt::format("{}", checkpoint_seconds)});
  return words;
}

}  // namespace sotto::cli
