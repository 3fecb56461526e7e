// What runs beside the data is small: sotto-party carries nothing of LLVM.
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

namespace {

std::string output_of(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::string text(1 << 16, '\0');
  std::string all;
  for (std::size_t count; (count = std::fread(text.data(), 1, text.size(), pipe.get())) > 0;)
    all.append(text, 0, count);
  return all;
}

TEST(TrustedBase, PartyLinksNoLlvm) {
  const std::string party = std::string(SOTTO_BINARY_DIR) + "/sotto-party";
  ASSERT_TRUE(std::filesystem::exists(party));
  const auto libraries = output_of("ldd '" + party + "'");
  EXPECT_NE(libraries.find("libcrypto"), std::string::npos) << libraries;
  for (const char* word : {"LLVM", "MLIR"}) EXPECT_EQ(libraries.find(word), std::string::npos) << libraries;
  const auto symbols = output_of("nm --demangle '" + party + "' 2>/dev/null");
  EXPECT_NE(symbols.find("sotto::runtime::run_party"), std::string::npos);
  for (const char* word : {"llvm::", "mlir::"}) EXPECT_EQ(symbols.find(word), std::string::npos) << word;
}

}  // namespace
