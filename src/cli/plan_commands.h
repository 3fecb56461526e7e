// sotto plan show, sotto cost: what a plan does, reveals and costs, before anything runs.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"
#include "net/shaped.h"

namespace sotto::cli {

// What the function makes of the file; its errors name the file.
template <class Function>
auto naming(const std::filesystem::path& file, Function&& function) {
  try {
    return function();
  } catch (const Error& error) {
    throw Error(error.kind(), file.string() + ": " + error.message(), error.hint());
  }
}

void show_plan(const std::filesystem::path& file);
void show_cost(const std::filesystem::path& file, const std::string& network, bool json);

}  // namespace sotto::cli
