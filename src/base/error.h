// Errors of the whole system: a kind (which is also the exit code), what happened and where, and what to do.
//
// Assertions (SOTTO_ASSERT) are for our own bugs; Error is for what the world does to us: files, peers, users.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace sotto {

// The value is the exit code of the commands; 0 is success, 1 is left to unexpected failures.
enum class ErrorKind {
  kInternal = 1,        // a bug of ours
  kUsage = 2,           // command line or job file
  kModel = 3,           // a model or program cannot be read or compiled
  kPlan = 4,            // a plan is malformed or refused by the verifier
  kData = 5,            // data files, shapes, values out of range
  kIdentity = 6,        // certificates, fingerprints, plan digests, versions that do not match
  kPeer = 7,            // a peer died, stalled or answered out of protocol
  kPolicy = 8,          // a party's own policy forbids what was asked
  kRange = 9,           // a bound that was not proven was violated while running
  kSystem = 10,         // files, memory, sockets of this machine
};

std::string_view to_string(ErrorKind kind);

// An error with everything a person needs. `what()` is the message and, on a second line, the hint.
// Never put a secret value into any of the texts.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string message, std::string hint = "", std::string party = "");

  ErrorKind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  // The party the error came from; empty for this party.
  const std::string& party() const { return party_; }
  int exit_code() const { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
  std::string message_, hint_, party_;
};

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line, const char* message);

}  // namespace sotto

// Checked in every build: a broken invariant in a protocol must never go on.
#define SOTTO_ASSERT(condition, message) \
  ((condition) ? void(0) : ::sotto::assertion_failed(#condition, __FILE__, __LINE__, message))
