#include "frontends/stablehlo/diagnostics.h"

#include "ir/stablehlo/dialect.h"
#include "mlir/IR/Location.h"

namespace sotto::frontends::stablehlo {
namespace {

// The first place in a file that a location knows. Locations of programs with debug information are nested: a
// name of JAX's around the line of Python around its caller.
mlir::FileLineColLoc find_place(mlir::Location location) {
  mlir::FileLineColLoc place;
  location->walk([&](mlir::Location inner) {
    place = llvm::dyn_cast<mlir::FileLineColLoc>(inner);
    return place ? mlir::WalkResult::interrupt() : mlir::WalkResult::advance();
  });
  return place;
}

std::string place_text(mlir::Location location) {
  mlir::FileLineColLoc place = find_place(location);
  if (!place) return "";
  return place.getFilename().str() + ":" + std::to_string(place.getLine()) + ":" +
         std::to_string(place.getColumn()) + ": ";
}

// MLIR's own words for an operation of a dialect that is not loaded do not say what is supported; ours do.
std::string message_text(mlir::Diagnostic& diagnostic) {
  std::string message = diagnostic.str();
  llvm::StringRef text = message;
  bool unknown = text.contains("' not found for custom op '") ||
                 (text.starts_with("custom op '") && text.contains("' is unknown"));
  if (!unknown) return message;
  llvm::StringRef name = text.split("custom op '").second.split('\'').first;
  return ir::stablehlo::unsupported_operation(*diagnostic.getLocation().getContext(), name);
}

}  // namespace

DiagnosticCollector::DiagnosticCollector(mlir::MLIRContext& context)
    : handler_(&context, [this](mlir::Diagnostic& diagnostic) {
        if (diagnostic.getSeverity() != mlir::DiagnosticSeverity::Error) return;
        std::string message = place_text(diagnostic.getLocation()) + message_text(diagnostic);
        for (mlir::Diagnostic& note : diagnostic.getNotes())
          message += "\n  " + place_text(note.getLocation()) + note.str();
        messages_.push_back(std::move(message));
      }) {}

std::string DiagnosticCollector::text(const std::string& filename) const {
  if (messages_.empty()) return filename + ": the program cannot be read";
  constexpr size_t kMost = 10;
  std::string all;
  for (size_t i = 0; i < std::min(messages_.size(), kMost); ++i) all += (i ? "\n" : "") + messages_[i];
  if (messages_.size() > kMost) all += "\nand " + std::to_string(messages_.size() - kMost) + " more";
  return all;
}

}  // namespace sotto::frontends::stablehlo
