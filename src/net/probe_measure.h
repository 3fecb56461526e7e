// The conversation of two probes over an authenticated socket. Internal to net/probe.
#pragma once

#include <optional>

#include "net/handshake.h"
#include "net/probe.h"

namespace sotto::net {

// A probe's hello is marked in its software, so that it can never pass for a run's.
Hello as_probe(Hello hello);
// The hello as it would be in a run, when it is a probe's.
std::optional<Hello> from_probe(Hello hello);

struct Measured {
  double round_trip_seconds = 0, sent_per_second = 0, received_per_second = 0;
};
// At both ends at once; `leads` at exactly one of them. Throws kPeer.
Measured measure(SecureSocket& socket, bool leads, Clock::time_point deadline);

}  // namespace sotto::net
