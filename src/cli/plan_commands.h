// sotto plan show, sotto cost: what a plan does, reveals and costs, before anything runs.
#pragma once

#include <filesystem>
#include <string>

#include "net/shaped.h"

namespace sotto::cli {

void show_plan(const std::filesystem::path& file);
void show_cost(const std::filesystem::path& file, const std::string& network, bool json);

}  // namespace sotto::cli
