// What two parties hold of a session: the ends of SoftSpoken's trees in both directions, from which each
// operation makes the oblivious transfers it needs (supply.h), and keys of lattice encryption, under which
// large products are made (lattice_products.h).
//
// Setup: 128 base transfers and the trees' messages in each direction (crypto/ot/connection.h), 8,240 bytes
// from each party; and what each publishes of its lattice key (he/keys.h), 9.1 MB. All at once: 3 rounds.
//
// Transfers have places, reserved by both parties in the same order, operation by operation; a place is used
// once, and a session's keys are its own, so nothing repeats.
#pragma once

#include <functional>

#include "base/task.h"
#include "crypto/ot/softspoken.h"
#include "net/rounds.h"
#include "protocols/context.h"
#include "protocols/he/keys.h"

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
  // The ends of lattice encryption are made when they are first needed.
  Session(SendingEnd sending_end, ReceivingEnd receiving_end, std::function<he::Ends()> lattice_ends,
          std::string peer_name)
      : sending(std::move(sending_end)),
        receiving(std::move(receiving_end)),
        peer(std::move(peer_name)),
        make_lattice_(std::move(lattice_ends)) {}

  he::Ends& lattice() {
    if (!lattice_.own) lattice_ = make_lattice_();
    return lattice_;
  }

  SendingEnd sending;
  ReceivingEnd receiving;
  std::string peer;

 private:
  std::function<he::Ends()> make_lattice_;
  he::Ends lattice_;
};

// The setup row of the table.
Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds);

}  // namespace sotto::protocols::duo
