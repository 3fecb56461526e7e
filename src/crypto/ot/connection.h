// Two parties and their transfers: setup, and as many correlated transfers as are asked for, in rounds.
//
// Both parties call the same functions with the same counts in the same order. Transfers are numbered from
// zero as they are made, so that both know each one's number without naming it. The pieces may be used
// without these coroutines: their messages are made and consumed by pure functions on spans.
//
// Model: semi-honest, two parties, over a link that is authenticated and private (net/link.h).
//
//   step                          rounds   bytes, receiver to sender      bytes, sender to receiver
//   connect                       3        32 + 4096                      4096 + 16
//   extend, SoftSpoken            1        16/k - 1/8 each                0
//   extend, silent                1        0                              112,640 a turn of 1,139,840
//     the first time              +1       1.875 * 170,880                0
//
// What a silent turn gives and nobody asked for yet is kept for later. Where rounds only count
// (net/rounds.h), nothing is computed and batches are empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/task.h"
#include "crypto/ot/forms.h"
#include "crypto/ot/silent.h"
#include "crypto/ot/softspoken.h"
#include "net/rounds.h"

namespace sotto::ot {

// Where transfers come from. SoftSpoken's trees: more levels, fewer bytes, more AES.
enum class Method { kSoftSpoken1 = 1, kSoftSpoken2 = 2, kSoftSpoken4 = 4, kSoftSpoken8 = 8, kSilent };

// Blocks of transfers first, first + 1, ...
struct Batch {
  std::vector<Block> blocks;
  std::uint64_t first = 0;
};

// What both parties know.
class Connection {
 public:
  const Session& session() const { return *session_; }
  const std::string& peer() const { return peer_name_; }

 protected:
  Connection(int peer, std::string peer_name, Method method)
      : peer_(peer), peer_name_(std::move(peer_name)), method_(method) {}
  // The levels of SoftSpoken's trees; the silent form starts from the most frugal ones.
  int bits() const { return method_ == Method::kSilent ? 8 : static_cast<int>(method_); }
  // How many silent turns make `count` more, beyond what is left.
  std::size_t turns_for(std::size_t count) const;
  // A batch of `count` from what is left and what was made; both are empty where rounds only count.
  Batch batch_of(std::size_t count, std::vector<Block> made, std::size_t made_count);

  int peer_;
  std::string peer_name_;
  Method method_;
  std::optional<Session> session_;
  std::vector<Block> left_;  // from place left_begin_ on
  std::size_t left_begin_ = 0, left_count_ = 0;
  std::uint64_t next_ = 0;
};

// The party with Delta.
class Sender : public Connection {
 public:
  static Task<Sender> connect(net::Rounds& rounds, int peer, std::string peer_name, Method method);

  const Block& delta() const { return delta_; }
  // What the setup made, for protocols that make and consume messages in rounds of their own.
  SoftSpokenSender take_softspoken() && { return std::move(*softspoken_); }
  Task<Batch> extend(net::Rounds& rounds, std::size_t count);
  // For forms; refers to this party and to the batch.
  SentBlocks blocks(const Batch& batch) const {
    return {batch.blocks, delta_, session(), batch.first, peer()};
  }

 private:
  using Connection::Connection;
  Task<std::vector<Block>> extend_softspoken(net::Rounds& rounds, std::size_t count);
  Task<std::vector<Block>> extend_silent(net::Rounds& rounds, std::size_t turns);

  Block delta_;
  std::optional<SoftSpokenSender> softspoken_;
  std::optional<SilentSender> silent_;
  bool silent_started_ = false;
};

// The party with choices.
class Receiver : public Connection {
 public:
  static Task<Receiver> connect(net::Rounds& rounds, int peer, std::string peer_name, Method method);

  SoftSpokenReceiver take_softspoken() && { return std::move(*softspoken_); }
  Task<Batch> extend(net::Rounds& rounds, std::size_t count);
  ReceivedBlocks blocks(const Batch& batch) const { return {batch.blocks, session(), batch.first, peer()}; }

 private:
  using Connection::Connection;
  Task<std::vector<Block>> extend_softspoken(net::Rounds& rounds, std::size_t count);
  Task<std::vector<Block>> extend_silent(net::Rounds& rounds, std::size_t turns);

  std::optional<SoftSpokenReceiver> softspoken_;
  std::optional<SilentReceiver> silent_;
  bool silent_started_ = false;
};

}  // namespace sotto::ot
