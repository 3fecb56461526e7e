// The oblivious transfers of one operation, all made at its start.
//
// Each step of an operation claims the transfers it will need, at both parties in the same order; then all
// are made at once, those of each direction in one of two ways, by their number:
//   fewer than 2^16   SoftSpoken, whose message travels from whoever chooses to whoever sends, together with
//                     whatever else the first round carries: whoever chooses has its blocks at once, whoever
//                     sends in the next round;
//   more              the session's silent stream (crypto/ot/silent_stream.h), in a round of its own.
//
// Where one bit of each transfer is all that is needed (random_bits.h), no more is kept of it: silent
// transfers are then made portion by portion, and never are all in memory.
//
// Cost, in each direction: 3.875 bytes a transfer, numbers rounded up to multiples of 128; or 3,328 bytes for
// every 122,880, and one round before the operation's first.
#pragma once

#include <vector>

#include "base/large_pages.h"
#include "crypto/ot/forms.h"
#include "protocols/duo/message.h"
#include "protocols/duo/session.h"

namespace sotto::protocols::duo {

// From as many transfers on, those of one direction are silent: what a whole group costs in work is then less
// than what its bytes do elsewhere.
inline constexpr std::size_t kSilentFrom = std::size_t{1} << 16;

class Supply {
 public:
  struct Claim {
    std::size_t begin = 0, count = 0;
  };

  // Of as many transfers in one direction: bytes, and rounds before the operation's first.
  struct Cost {
    std::uint64_t to_sender, to_receiver;
    std::uint32_t rounds;
  };
  static Cost cost_of(std::size_t count);

  explicit Supply(Context& context) : context_(context) {}
  ~Supply();
  Supply(const Supply&) = delete;
  Supply& operator=(const Supply&) = delete;

  Context& context() const { return context_; }
  // Before make().
  Claim claim(int sender, std::size_t count);
  // Of single bits: words of 64.
  Claim claim_bits(int sender, std::size_t words);
  // By SoftSpoken in no round of its own; silently in one, after which both parties have their blocks.
  Task<void> make();
  // Whether it takes another round until this party has all its blocks, or the other all of its.
  bool half_ready() const { return half_ready_; }

  // Transfers [first, first + count) of a claim. Where this party sends: from the second round after make()
  // on.
  ot::SentBlocks sent(const Claim& claim, std::size_t first, std::size_t count);
  ot::SentBlocks sent(const Claim& claim) { return sent(claim, 0, claim.count); }
  // Where it chooses: from make() on.
  ot::ReceivedBlocks received(const Claim& claim, std::size_t first, std::size_t count) const;
  ot::ReceivedBlocks received(const Claim& claim) const { return received(claim, 0, claim.count); }

  // Of bits: pads and their differences, or choices and pads, when the blocks are there.
  struct Bits {
    std::span<const std::uint64_t> first, second;
  };
  Bits sent_bits(const Claim& claim);
  Bits received_bits(const Claim& claim) const { return bits_of(received_, claim); }

 private:
  // Transfers of one direction: first those of bits, then the others.
  struct Direction {
    std::size_t bit_words = 0, count = 0;
    std::uint64_t number = 0;  // of the first
    LargeArray<ot::Block> memory;
    std::span<ot::Block> blocks;  // of the others
    Words first_bits, second_bits;

    std::size_t bits() const { return 64 * bit_words; }
    std::size_t all() const { return bits() + count; }
  };
  Claim extend(std::size_t& claimed, std::size_t count) const;
  Direction& direction_from(int sender) { return sender == context_.self() ? sent_ : received_; }
  static Bits bits_of(const Direction& direction, const Claim& claim);
  Session& session() const { return static_cast<Session&>(*context_.state()); }
  ot::SentBlocks sent_blocks(std::span<const ot::Block> blocks, std::size_t place) const;
  ot::ReceivedBlocks received_blocks(std::span<const ot::Block> blocks, std::size_t place) const;
  void take_bits_of_sent(std::span<const ot::Block> blocks, std::size_t place);
  void take_bits_of_received(std::span<const ot::Block> blocks, std::size_t place);
  void allocate(Direction& direction, std::size_t blocks) const;
  template <class Stream, class Bytes, class TakeBits>
  void extend(Direction& direction, Stream& stream, std::span<Bytes> message, const TakeBits& take_bits);
  void ask();
  void await_correction();
  void apply_correction();
  void send_silently();
  void receive_silently(Message& message);

  Context& context_;
  Direction sent_, received_;
  std::optional<Message> correction_;
  bool started_ = false, half_ready_ = false;
};

}  // namespace sotto::protocols::duo
