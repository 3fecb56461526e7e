// A job on this machine alone, made for the occasion in a directory: certificates, ports, files, job file.
// For benchmarks, the demonstration and tests; the links are the same mutual TLS as between machines.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace sotto::cli {

// Removed with everything in it.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct ScratchJob {
  std::string name;
  std::filesystem::path plan;
  std::string network;                                  // "" is not shaped
  std::map<std::string, std::filesystem::path> inputs;  // by input name
  std::vector<std::string> outputs;                     // written as ROLE.OUTPUT.npy by whoever learns them
  bool store = false;                                   // parties keep their shares of the model
  std::uint64_t checkpoint_steps = 0;                   // the run can be resumed; 0: no
  std::filesystem::path load{};                         // a directory where parties stored their shares
};

// Parties are named after the plan's roles. Makes what is missing; returns the job file's path.
std::filesystem::path write_scratch_job(const std::filesystem::path& directory, const ScratchJob& job);

// Random data in the form that each provided input's encoding wants; returns the files by input name.
std::map<std::string, std::filesystem::path> write_random_inputs(const std::filesystem::path& directory,
                                                                 const plan::Plan& plan);

}  // namespace sotto::cli
