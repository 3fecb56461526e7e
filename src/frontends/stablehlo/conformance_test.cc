// The conformance programs of the shared data: each computes something from constants and checks it against
// what is expected. Those that use operations we do not have must be refused by name; all others must hold.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "base/error.h"
#include "frontends/stablehlo/diagnostics.h"
#include "frontends/stablehlo/read.h"
#include "ir/interpreter/interpreter.h"

namespace sotto::frontends::stablehlo {
namespace {

const std::filesystem::path kPrograms = SOTTO_SOURCE_DIR "/../shared/data/stablehlo/conformance/testdata";

// The operations of the programs that are not supported, with how many programs use them.
const std::map<std::string, int> kUnsupported = {{"stablehlo.sort", 2}, {"chlo.top_k", 2}, {"chlo.sinh", 1}};

std::vector<std::string> program_names() {
  std::vector<std::string> names;
  if (std::filesystem::exists(kPrograms)) {
    for (const auto& entry : std::filesystem::directory_iterator(kPrograms))
      names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

// "" when the program's checks hold; what was said when it cannot be read; the first failed check otherwise.
std::string run(const std::string& name, bool& was_read) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::OwningOpRef<mlir::ModuleOp> module;
  was_read = false;
  try {
    module = read_file_or_throw(context, kPrograms / (name + ".mlir"));
  } catch (const Error& error) {
    return error.message();
  }
  was_read = true;
  DiagnosticCollector collector(context);
  mlir::FailureOr<std::vector<ir::Array>> results = ir::evaluate(entry_function(*module), {});
  return mlir::succeeded(results) ? "" : collector.text(name);
}

class Conformance : public ::testing::TestWithParam<std::string> {};

TEST_P(Conformance, Holds) {
  bool was_read = false;
  std::string message = run(GetParam(), was_read);
  if (was_read || message.empty()) {
    EXPECT_EQ(message, "");
    return;
  }
  bool named = std::ranges::any_of(kUnsupported, [&](const auto& operation) {
    return message.find("operation '" + operation.first + "' is not supported") != std::string::npos;
  });
  EXPECT_TRUE(named) << message;
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Conformance);
INSTANTIATE_TEST_SUITE_P(Programs, Conformance, ::testing::ValuesIn(program_names()),
                         [](const auto& info) { return info.param; });

TEST(ConformanceCount, OnlyProgramsWithUnsupportedOperationsAreRefused) {
  if (!std::filesystem::exists(kPrograms)) GTEST_SKIP() << "shared data is absent: " << kPrograms;
  std::map<std::string, int> refused;
  int held = 0;
  for (const std::string& name : program_names()) {
    bool was_read = false;
    std::string message = run(name, was_read);
    held += message.empty();
    if (!was_read)
      ++refused[message.substr(message.find('\'') + 1, message.find("' is not") - message.find('\'') - 1)];
  }
  RecordProperty("held", held);
  EXPECT_EQ(refused, kUnsupported);
  EXPECT_EQ(held, 159);
}

}  // namespace
}  // namespace sotto::frontends::stablehlo
