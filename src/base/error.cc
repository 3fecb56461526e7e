#include "base/error.h"

#include <fmt/format.h>

namespace sotto {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInternal:
      return "internal error";
    case ErrorKind::kUsage:
      return "usage error";
    case ErrorKind::kModel:
      return "model error";
    case ErrorKind::kPlan:
      return "plan error";
    case ErrorKind::kData:
      return "data error";
    case ErrorKind::kIdentity:
      return "identity error";
    case ErrorKind::kPeer:
      return "peer error";
    case ErrorKind::kPolicy:
      return "policy error";
    case ErrorKind::kRange:
      return "range error";
    case ErrorKind::kSystem:
      return "system error";
  }
  return "error";
}

namespace {
std::string joined(const std::string& message, const std::string& hint) {
  return hint.empty() ? message : message + "\n  hint: " + hint;
}
}  // namespace

Error::Error(ErrorKind kind, std::string message, std::string hint, std::string party)
    : std::runtime_error(joined(message, hint)),
      kind_(kind),
      message_(std::move(message)),
      hint_(std::move(hint)),
      party_(std::move(party)) {}

void assertion_failed(const char* expression, const char* file, int line, const char* message) {
  throw Error(ErrorKind::kInternal, fmt::format("{}:{}: {} ({})", file, line, message, expression),
              "This is a bug in Sotto; please report it with the command you ran.");
}

}  // namespace sotto
