// Keeps what MLIR reports, for the border where diagnostics become errors.
#pragma once

#include <string>
#include <vector>

#include "mlir/IR/Diagnostics.h"

namespace sotto::frontends::stablehlo {

// While alive, takes every error of the context (warnings and remarks too, silently).
class DiagnosticCollector {
 public:
  explicit DiagnosticCollector(mlir::MLIRContext& context);

  // One per error: "file:line:column: message", notes behind it.
  const std::vector<std::string>& messages() const { return messages_; }
  // All of them, a line each, ten at most; a general sentence about `filename` if there are none.
  std::string text(const std::string& filename) const;

 private:
  std::vector<std::string> messages_;
  mlir::ScopedDiagnosticHandler handler_;
};

}  // namespace sotto::frontends::stablehlo
