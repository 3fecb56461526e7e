// An error kept to be thrown later and by several threads, each of which gets an Error of its own.
#pragma once

#include <string>

#include "base/error.h"

namespace sotto::net {

struct Failure {
  explicit Failure(const Error& error)
      : kind(error.kind()), message(error.message()), hint(error.hint()), party(error.party()) {}

  Error error() const { return Error(kind, message, hint, party); }

  ErrorKind kind;
  std::string message, hint, party;
};

}  // namespace sotto::net
