// What a session costs once, before its first operation: connections, and the protocol's setup.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>

#include "protocols/table.h"

namespace sotto::cli {

// Sent in the setup by all parties, counted.
std::uint64_t setup_bytes(const protocols::Table& table);
// Connections and setup, of the slowest party of a report of `sotto run`.
double setup_seconds(const nlohmann::json& report);

}  // namespace sotto::cli
