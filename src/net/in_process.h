// Links between parties that are threads of one process: for tests, simulation and cost measurements.
// The frames, their flow control and the errors are those of the links between processes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/connection.h"
#include "net/shaped.h"

namespace sotto::net {

// [party][peer], null at [i][i]. Each party's row is used from its own thread.
// A party whose links are destroyed has left: its peers may consume what it sent, then get Error(kPeer).
using LinkMatrix = std::vector<std::vector<std::unique_ptr<Link>>>;
using ConnectionMatrix = std::vector<std::vector<std::shared_ptr<Connection>>>;

ConnectionMatrix in_process_connections(const std::vector<std::string>& names,
                                        const ConnectionOptions& options = {},
                                        const std::optional<NetworkProfile>& profile = {});

// Session 0 of each connection. `stall_timeout`: how long a receive waits for a
// peer.
LinkMatrix in_process_links(const std::vector<std::string>& names,
                            std::chrono::milliseconds stall_timeout = std::chrono::minutes(5),
                            const std::optional<NetworkProfile>& profile = {});

}  // namespace sotto::net
