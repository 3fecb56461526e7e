// From a regression's job to what the compiler and the runtime are asked: the compiler's words, and one
// party's job file of the run (runtime/job.h).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "learn/introduction.h"
#include "learn/linear/job.h"
#include "learn/linear/program.h"

namespace sotto::learn {

// All but files: roles, protocol, inputs with who provides them and their limits, reveals. The same at all
// parties.
std::vector<std::string> compiler_arguments(const LinearJob& job, const LinearSize& size,
                                            const std::vector<Facts>& facts);

// `outputs`: tensors that this party learns, which go to output_file(). Paths are absolute.
std::string run_job_text(const LinearJob& job, const std::string& party, const std::filesystem::path& plan,
                         const std::map<std::string, std::filesystem::path>& inputs,
                         const std::vector<std::string>& outputs);

}  // namespace sotto::learn
