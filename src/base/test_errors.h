// What tests ask of errors.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"

namespace sotto {

// The text of the Error that the action throws, message and hint.
inline std::string error_of(ErrorKind kind, const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    return error.what();
  }
  return "no error";
}

}  // namespace sotto
