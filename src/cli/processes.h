// Several processes of Sotto on this machine, watched together: when one fails, the others have a few seconds
// to end by themselves, which they do as their links break, and are then killed.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace sotto::cli {

struct Launch {
  std::string name;     // for messages
  std::string program;  // beside this one
  std::vector<std::string> arguments;
  std::vector<std::string> environment{};  // NAME=VALUE, beside this process's own
};

struct Ended {
  std::string name;
  std::string output;  // standard output
  int exit_code = 0;   // 128 + signal when a signal ended it
  std::chrono::steady_clock::time_point when;
};

struct Watch {
  std::chrono::seconds grace{12};
  // Each line a process writes to standard error.
  std::function<void(const std::string& name, const std::string& line)> on_error_line;
  // After all are started, with their process ids in order.
  std::function<void(const std::vector<int>&)> on_started;
};

// Returns when all have ended, in the order of the launches. The children die with this process.
std::vector<Ended> run_processes(const std::vector<Launch>& launches, const Watch& watch);

// The exit code that says most: of the first that failed for a reason of its own; a broken link is but an
// echo.
int combined_exit_code(const std::vector<Ended>& ended);

}  // namespace sotto::cli
