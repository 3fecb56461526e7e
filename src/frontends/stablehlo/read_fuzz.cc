// Arbitrary bytes as a program: read, or refused with a message; never a crash. What is read prints to text
// that is read again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "frontends/stablehlo/diagnostics.h"
#include "frontends/stablehlo/read.h"
#include "llvm/Support/raw_ostream.h"

using namespace sotto::frontends::stablehlo;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  DiagnosticCollector collector(context);
  auto module = read_stablehlo(context, llvm::StringRef(reinterpret_cast<const char*>(data), size), "fuzz");
  if (mlir::failed(module)) {
    if (collector.messages().empty()) std::abort();  // refused without a word
    return 0;
  }
  std::string text;
  llvm::raw_string_ostream stream(text);
  (*module)->print(stream);
  if (mlir::failed(read_stablehlo(context, text, "printed"))) std::abort();
  return 0;
}
