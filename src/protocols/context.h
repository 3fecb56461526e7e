// What a protocol operation at one party runs in: who I am, the rounds, the keys shared with the others, and
// the address of this operation's randomness.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "crypto/prg/prg.h"
#include "net/rounds.h"
#include "protocols/share.h"

namespace sotto::protocols {

class Table;

// What a protocol's setup left at one party for one session (Rows::setup): the protocol's own business.
struct SessionState {
  virtual ~SessionState() = default;
};

// Keys of one party for one session. pair[p] is shared with party p (unused at p == self); own is known to
// nobody else. `state` is null for protocols without a setup.
struct SessionKeys {
  std::vector<prg::Prg> pair;
  prg::Prg own;
  std::shared_ptr<SessionState> state = nullptr;
};

// One protocol operation's place in the address space of randomness; see prg::Address.
struct Site {
  prg::Address base;
  prg::Address at(std::size_t chunk, std::uint8_t purpose) const {
    SOTTO_ASSERT(chunk <= 0xFFFF, "an operation has at most 2^16 chunks: their randomness would repeat");
    prg::Address address = base;
    address.chunk = static_cast<std::uint16_t>(chunk);
    address.purpose = purpose;
    return address;
  }
};

class Context {
 public:
  // `keys` may be null only when counting.
  Context(const Table& table, net::Rounds& rounds, const SessionKeys* keys, std::uint32_t step,
          std::uint16_t operation)
      : table_(&table), rounds_(&rounds), keys_(keys), step_(step), operation_(operation) {}

  const Table& table() const { return *table_; }
  int self() const { return rounds_->self(); }
  net::Rounds& rounds() const { return *rounds_; }
  bool counting() const { return rounds_->is_counting(); }
  auto next_round() const { return rounds_->next(); }

  // Called once at the start of every protocol operation, at every party in the same order.
  Site begin();

  const prg::Prg& key_with(int party) const { return keys_->pair[static_cast<std::size_t>(party)]; }
  const prg::Prg& own_key() const { return keys_->own; }
  // Notes that an operation uses part of what the protocol's setup makes: a bit, of the protocol's own
  // meaning. Whoever counts an operation's cost learns what its session needs.
  void need(unsigned part) { needs_ |= part; }
  unsigned needs() const { return needs_; }

  // Null when counting.
  SessionState* state() const { return keys_ == nullptr ? nullptr : keys_->state.get(); }

  // Words of the right length: without data when counting.
  Words words(std::size_t count) const {
    return counting() ? Words::shape_only(count) : Words::allocate(count);
  }
  // Pure arithmetic; skipped when counting.
  template <class Function>
  void local(Function&& function) const {
    if (!counting()) function();
  }

 private:
  const Table* table_;
  net::Rounds* rounds_;
  const SessionKeys* keys_;
  std::uint32_t step_;
  std::uint16_t operation_;
  std::uint16_t sub_operations_ = 0;
  unsigned needs_ = 0;
};

}  // namespace sotto::protocols
