// What the commands share: errors become a message, a hint and an exit code.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace sotto::cli {

// Parses the arguments and runs the chosen subcommand's callback; prints errors to standard error and returns
// the exit code, which is the ErrorKind.
int run_app(CLI::App& app, int count, char** arguments);
// Runs the function; an exception becomes its message, its hint and its exit code.
int guarded(const std::function<void()>& function);

// The directory this program's file is in: the commands find each other there.
std::filesystem::path program_directory();
// Replaces this process by another of Sotto's programs. Throws ErrorKind::kSystem when it is missing.
[[noreturn]] void become(const std::string& program, const std::vector<std::string>& arguments);

}  // namespace sotto::cli
