// The oblivious transfers of one operation, all made in its first round.
//
// Each step of an operation claims the transfers it will need, at both parties in the same order; start()
// then makes all of them at once: SoftSpoken's message travels from whoever chooses to whoever sends,
// together with whatever else the first round carries. Whoever chooses has its blocks at once, whoever sends
// has them in the next round.
//
// Cost: 3.875 bytes a transfer, numbers rounded up to multiples of 128 in each direction. No round of its
// own.
#pragma once

#include <vector>

#include "crypto/ot/forms.h"
#include "protocols/duo/message.h"
#include "protocols/duo/session.h"

namespace sotto::protocols::duo {

class Supply {
 public:
  struct Claim {
    std::size_t begin = 0, count = 0;
  };

  explicit Supply(Context& context) : context_(context) {}
  Supply(const Supply&) = delete;
  Supply& operator=(const Supply&) = delete;

  Context& context() const { return context_; }
  // Before start().
  Claim claim(int sender, std::size_t count);
  void start();

  // Transfers [first, first + count) of a claim. Where this party sends: from the second round on.
  ot::SentBlocks sent(const Claim& claim, std::size_t first, std::size_t count);
  ot::SentBlocks sent(const Claim& claim) { return sent(claim, 0, claim.count); }
  // Where it chooses: from start() on.
  ot::ReceivedBlocks received(const Claim& claim, std::size_t first, std::size_t count) const;
  ot::ReceivedBlocks received(const Claim& claim) const { return received(claim, 0, claim.count); }

 private:
  // Transfers of one direction.
  struct Direction {
    std::size_t count = 0;
    std::uint64_t place = 0;
    std::vector<ot::Block> blocks;
  };
  Session& session() const { return static_cast<Session&>(*context_.state()); }

  Context& context_;
  Direction sent_, received_;
  std::optional<Message> correction_;
  bool started_ = false;
};

}  // namespace sotto::protocols::duo
