// libsodium, initialised before its first use.
#pragma once

#include <sodium.h>

#include "base/error.h"

namespace sotto::ot {

inline void start_sodium() {
  static const int status = sodium_init();
  if (status < 0) throw Error(ErrorKind::kSystem, "libsodium cannot start", "check its installation");
}

}  // namespace sotto::ot
