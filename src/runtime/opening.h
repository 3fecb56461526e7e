// The first thing the parties of a session say to each other over their links, before the plan: how they want
// to begin, what they hold from earlier sessions, and their parts of the session's name. One round; every
// party draws the same conclusion from it, or the same error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "net/rounds.h"
#include "runtime/checkpoint.h"

namespace sotto::runtime {

// Sends the same bytes to every party, and receives as many from each; by party, with this party's own among
// them. One round.
std::vector<Bytes> exchange_bytes(net::Rounds& rounds, const Bytes& mine);

struct Opening {
  bool resumes = false;
  std::vector<CheckpointMark> checkpoints;  // newest first; the first four count
  std::optional<SessionId> stored;          // the sharing of the share store whose parameters the run uses
  std::uint64_t rows = 0;  // that its file of an input that may have fewer has; 0: it provides none such
};

struct Session {
  SessionId id{};
  std::optional<CheckpointMark> resumed_from;
};

// What all parties said, in their order. Each element is one party's.
struct Openings {
  std::vector<Opening> parties;
  SessionId id{};
};
Openings exchange_openings(net::Rounds& rounds, const Opening& mine);

// Throws, at every party alike: kUsage when some begin and some resume, kData when those who resume have no
// checkpoint in common, or the parties' share stores are not of one run.
Session conclude(const Openings& openings, const std::vector<std::string>& names);

}  // namespace sotto::runtime
