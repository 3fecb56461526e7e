// Logical rounds: how coroutines share the links.
//
// A protocol operation is a coroutine that calls send() and receive() and then `co_await rounds.next()`; when
// it is resumed, what it asked for has arrived. Everything that concurrent coroutines send before the same
// next() travels together. All parties run the same skeleton of next() calls, whatever their roles, so the
// order of coroutines inside a round, and with it every stream, is the same everywhere, and nothing needs a
// name on the wire.
//
// A round is depth in messages, counted also where a party is silent.
#pragma once

#include <chrono>
#include <coroutine>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/task.h"
#include "net/link.h"

namespace sotto::net {

class Rounds {
 public:
  // links[p] leads to party p; links[self] is null. The links outlive this object.
  Rounds(int self, std::vector<Link*> links);
  // Moves nothing and waits for nothing: counts the bytes one party would send. Pointers passed may be null.
  static Rounds counting(int self, int parties);

  int self() const { return self_; }
  int parties() const { return static_cast<int>(bytes_to_.size()); }
  bool is_counting() const { return counting_; }
  // For messages to people.
  std::string peer_name(int party) const;

  // Appends to this round's stream to a party; the bytes are copied.
  void send(int to, const void* data, std::size_t byte_count);
  // Asks for the next bytes of the stream from a party. `into` must stay valid until next() returns.
  void receive(int from, void* into, std::size_t byte_count);

  // Awaitable end of this coroutine's part of the round.
  auto next() {
    struct Awaiter {
      Rounds& rounds;
      std::size_t account;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> handle) { rounds.waiting_.push_back(handle); }
      void await_resume() const noexcept { rounds.charge(account); }
    };
    return Awaiter{*this, charged_};
  }

  // Accounts of who causes what: while they are kept, bytes sent and time spent outside of waiting for peers
  // are added to the entry that is charged. An entry stays charged across next() for the coroutine that
  // awaits it.
  struct Account {
    std::uint64_t bytes_sent = 0;
    double seconds = 0;
  };
  // The accounts outlive their use; an empty span ends it.
  void keep_accounts(std::span<Account> accounts);
  // From here on this coroutine, and what it awaits, is charged to the entry.
  void charge(std::size_t entry) noexcept {
    if (!accounts_.empty() && entry != charged_) settle(entry);
  }

  // Starts the task and goes from round to round until it is done; returns its result or throws its
  // exception, or what the links throw. Ending a round flushes what was sent, waits for what was asked, then
  // resumes the waiting coroutines in the order in which they began to wait.
  template <class T>
  T run(Task<T> task) {
    waiting_.clear();
    task.start();
    while (!task.done()) advance([&] { return task.done(); });
    return task.take();
  }

  // Rounds advanced since the start, and payload bytes sent to each party.
  std::uint32_t completed() const { return round_; }
  std::span<const std::uint64_t> bytes_to() const { return bytes_to_; }

 private:
  struct Request {
    int from;
    void* into;
    std::size_t byte_count;
  };
  struct Stream {
    std::uint64_t sent_tag = 0, expected_tag = 0;
    bool sent_this_round = false, expects_this_round = false;
  };
  static constexpr std::size_t kNobody = ~std::size_t{0};
  Rounds(int self, int parties, bool counting);
  void collect();
  // Adds the time since the last change to the charged entry, and charges another.
  void settle(std::size_t entry) noexcept;
  // Stops resuming once the whole task is done: when it failed, the frames still listed are gone.
  template <class Done>
  void advance(Done done) {
    SOTTO_ASSERT(!waiting_.empty(), "a suspended task waits for a round");
    charge(kNobody);
    if (!counting_) collect();
    ++round_;
    resuming_.swap(waiting_);
    for (std::size_t i = 0; i < resuming_.size() && !done(); ++i) resuming_[i].resume();
    resuming_.clear();
  }

  int self_;
  bool counting_;
  std::vector<Link*> links_;
  std::vector<Stream> streams_;
  std::vector<std::uint64_t> bytes_to_;
  std::vector<Request> requests_;
  std::vector<std::coroutine_handle<>> waiting_, resuming_;
  std::uint32_t round_ = 0;
  std::span<Account> accounts_;
  std::size_t charged_ = kNobody;
  std::chrono::steady_clock::time_point charged_since_;
};

}  // namespace sotto::net
