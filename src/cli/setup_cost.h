// What a session costs once, before its first operation: connections, and the protocol's setup.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "runtime/program.h"

namespace sotto::cli {

// Sent in the setup by all parties for this program, counted.
std::uint64_t setup_bytes(const runtime::Program& program);
// Connections and setup, of the slowest party of a report of `sotto run`.
double setup_seconds(const nlohmann::json& report);

}  // namespace sotto::cli
