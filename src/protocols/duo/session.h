// What two parties hold of a session: the ends of SoftSpoken's trees in both directions, from which each
// operation makes the oblivious transfers it needs (supply.h).
//
// Setup: 128 base transfers and the trees' messages in each direction (crypto/ot/connection.h), both at once:
// 3 rounds, 8,240 bytes from each party.
//
// Transfers have places, reserved by both parties in the same order, operation by operation; a place is used
// once, and a session's keys are its own, so nothing repeats.
#pragma once

#include "base/task.h"
#include "crypto/ot/softspoken.h"
#include "net/rounds.h"
#include "protocols/context.h"

namespace sotto::protocols::duo {

// Levels of SoftSpoken's trees: 3.875 bytes a transfer.
inline constexpr int kTreeLevels = 4;

// The direction in which this party sends strings.
struct SendingEnd {
  ot::Session keys;
  ot::SoftSpokenSender transfers;
};
// The direction in which it chooses.
struct ReceivingEnd {
  ot::Session keys;
  ot::SoftSpokenReceiver transfers;
};

struct Session : SessionState {
  Session(SendingEnd sending_end, ReceivingEnd receiving_end, std::string peer_name)
      : sending(std::move(sending_end)), receiving(std::move(receiving_end)), peer(std::move(peer_name)) {}

  SendingEnd sending;
  ReceivingEnd receiving;
  std::string peer;
};

// The setup row of the table.
Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds);

}  // namespace sotto::protocols::duo
