// Synthetic inputs of a regression, for measuring ranges before anybody shares anything: columns from a
// normal distribution, labels from a model with random weights on them. Public and the same at all parties:
// drawn from the job's seed.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "learn/linear/job.h"
#include "learn/linear/program.h"

namespace sotto::learn {

// Files in a directory, by the names of the program's arguments.
std::map<std::string, std::filesystem::path> write_sample(const LinearJob& job, const LinearSize& size,
                                                          const std::filesystem::path& directory);

}  // namespace sotto::learn
