// What two parties hold of a session: in each direction the ends of SoftSpoken's trees and of a silent
// stream, from which each operation makes the oblivious transfers it needs (supply.h), and keys of lattice
// encryption, under which large products are made (lattice_products.h).
//
// Setup, in both directions at once: 128 base transfers and the trees' messages (crypto/ot/connection.h), 3
// rounds and 8,240 bytes from each party; and what the session's operations need, as counting them tells:
//   lattice   at the same time what each publishes of its lattice key (he/keys.h), 9.1 MB;
//   stream    the stream's first blocks, by SoftSpoken's transfers for one turn of crypto/ot/silent.h, 2
//             rounds, 662,160 and 112,640 bytes.
//
// Transfers have places, reserved by both parties in the same order, operation by operation; a place is used
// once, and a session's keys are its own, so nothing repeats.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/large_pages.h"
#include "base/task.h"
#include "crypto/ot/silent_stream.h"
#include "crypto/ot/softspoken.h"
#include "net/rounds.h"
#include "protocols/context.h"
#include "protocols/he/keys.h"

namespace sotto::protocols::duo {

// Levels of SoftSpoken's trees: 3.875 bytes a transfer.
inline constexpr int kTreeLevels = 4;

// What operations need of the setup (Context::need).
inline constexpr unsigned kNeedsStream = 1, kNeedsLattice = 2;

// A stream, made where it is first used; or none.
template <class Stream>
class Late {
 public:
  Late() = default;
  explicit Late(std::function<Stream()> make) : make_(std::move(make)) {}
  Stream& operator()() {
    SOTTO_ASSERT(make_, "whoever needs a stream says so while it is counted");
    if (!stream_) stream_ = std::make_unique<Stream>(make_());
    return *stream_;
  }

 private:
  std::function<Stream()> make_;
  std::unique_ptr<Stream> stream_;
};

// The direction in which this party sends strings.
struct SendingEnd {
  ot::Session keys;
  ot::SoftSpokenSender transfers;
  Late<ot::SilentStreamSender> stream;
};
// The direction in which it chooses.
struct ReceivingEnd {
  ot::Session keys;
  ot::SoftSpokenReceiver transfers;
  Late<ot::SilentStreamReceiver> stream;
};

struct Session : SessionState {
  // The ends of lattice encryption are made when they are first needed; without a function there are none.
  Session(SendingEnd sending_end, ReceivingEnd receiving_end, std::function<he::Ends()> lattice_ends,
          std::string peer_name)
      : sending(std::move(sending_end)),
        receiving(std::move(receiving_end)),
        peer(std::move(peer_name)),
        make_lattice_(std::move(lattice_ends)) {}

  he::Ends& lattice() {
    SOTTO_ASSERT(make_lattice_, "whoever needs lattice encryption says so while it is counted");
    if (!lattice_.own) lattice_ = make_lattice_();
    return lattice_;
  }

  // Memory for blocks, at least as many: what was given back last, if it is large enough.
  LargeArray<ot::Block> take_blocks(std::size_t count);
  void give_blocks(LargeArray<ot::Block> blocks);

  SendingEnd sending;
  ReceivingEnd receiving;
  std::string peer;

 private:
  std::function<he::Ends()> make_lattice_;
  he::Ends lattice_;
  std::vector<LargeArray<ot::Block>> spare_;
};

// Of the context's session; null when counting.
inline he::Ends* lattice_ends(Context& context) {
  context.need(kNeedsLattice);
  return context.counting() ? nullptr : &static_cast<Session&>(*context.state()).lattice();
}

// The setup row of the table.
Task<std::shared_ptr<SessionState>> connect(net::Rounds& rounds, unsigned needs);

}  // namespace sotto::protocols::duo
