// Looks at the way to each peer without disturbing a run: `sotto doctor`.
//
// Connections are made as a mesh makes them: of each pair the lower index listens, over the same mutual TLS
// with the same pins. A probe never sends a hello to a party that runs the job, since that would end the run:
// who dials waits for the other side's hello, and who listens speaks only to someone who stays silent for a
// moment, as no run does. Two probes that meet compare job, plan and versions, then measure delay and rate,
// one pair after another.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "net/handshake.h"
#include "net/identity.h"
#include "net/socket.h"

namespace sotto::net {

struct ProbeOptions {
  std::size_t self = 0;
  std::vector<std::string> names, addresses;  // in the order of the job
  std::vector<Fingerprint> pins;
  Hello hello;  // what this party would say in a run
  std::chrono::milliseconds wait = std::chrono::seconds(10);
};

// What was found about one peer, in the order in which it is found out; later fields are empty when an
// earlier step failed.
struct ProbedPeer {
  std::string party, address;
  bool dialled = false;  // this party connects to it; else it connects to this one
  std::string resolved;  // its numeric address
  std::string resolve_error, reach_error, identity_error;
  bool refused = false;        // its machine answered that nobody listens
  bool reached = false;        // a TCP connection came about
  bool authenticated = false;  // with the pinned certificate, both ways
  std::optional<Hello> hello;  // what it said; its software as in a run
  bool running = false;        // it runs the job, and was left alone
  std::string difference;      // what keeps the two from working together
  std::string measure_error;
  std::optional<double> round_trip_seconds, sent_per_second, received_per_second;  // bytes
};

struct Probed {
  std::vector<ProbedPeer> peers;       // without this party
  std::vector<std::string> strangers;  // who came with a certificate that the job does not pin
  bool broken_off = false;             // somebody came, and went before saying who it is
};

// `listener` is empty at the party of the highest index. Throws kInternal only.
Probed probe_peers(const ProbeOptions& options, const Identity& identity, Socket listener);

}  // namespace sotto::net
