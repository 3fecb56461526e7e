// The law of the house: which folder of src/ may include which (ARCHITECTURE.md).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

using Folders = std::set<std::string>;

// Direct permissions; a folder may always include itself.
const std::map<std::string, Folders>& may_include() {
  static const Folders kUpToProtocols{"base", "net", "crypto", "protocols"};
  static const Folders kUpToRuntime{"base", "net", "crypto", "protocols", "kernels", "plan", "runtime"};
  static const std::map<std::string, Folders> kTable{
      {"base", {}},
      {"net", {"base"}},
      {"crypto", {"base", "net"}},
      {"plan", {"base"}},
      {"protocols", {"base", "net", "crypto"}},
      {"kernels", kUpToProtocols},
      {"runtime", kUpToRuntime},
      {"ir", {"base", "plan"}},
      {"frontends", {"base", "ir"}},
      {"passes", {"base", "plan", "ir", "kernels", "protocols"}},
      {"learn", kUpToRuntime},
      {"cli",
       {"base", "net", "crypto", "protocols", "kernels", "plan", "runtime", "learn", "ir", "frontends",
        "passes"}},
  };
  return kTable;
}

// Of a folder seen as an interface, the headers that others may use.
bool is_interface(const std::string& from, const std::string& header) {
  if (from == "passes" && header.starts_with("protocols/"))
    return header == "protocols/table.h" || header == "protocols/share.h";
  if (header.starts_with("protocols/") && from != "protocols") {
    // Nothing above protocols/ sees a protocol: only the interface's own files, not its folders'.
    return std::ranges::count(header, '/') == 1;
  }
  return true;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.find('/')); }

// Tests compare with the plain protocol and drive the conformance harness.
bool is_test(const std::string& path) {
  return path.find("_test.") != std::string::npos || path.find("_bench.") != std::string::npos ||
         path.find("/test_") != std::string::npos;
}

bool is_source(const std::filesystem::path& path) {
  return path.extension() == ".h" || path.extension() == ".cc" || path.extension() == ".td";
}

TEST(Layering, EveryIncludeIsAllowed) {
  const std::filesystem::path source = std::filesystem::path(SOTTO_SOURCE_DIR) / "src";
  const std::regex pattern(R"re(^\s*#\s*include\s+"([a-z0-9_]+/[^"]+)")re");
  std::size_t includes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source)) {
    if (!entry.is_regular_file() || !is_source(entry.path())) continue;
    const auto path = std::filesystem::relative(entry.path(), source).string();
    const auto from = folder_of(path);
    const auto row = may_include().find(from);
    ASSERT_NE(row, may_include().end())
        << "the folder src/" << from << " has no row in the may-include table";
    std::ifstream file(entry.path());
    std::string line;
    for (int number = 1; std::getline(file, line); ++number) {
      std::smatch match;
      if (!std::regex_search(line, match, pattern)) continue;
      const std::string header = match[1];
      const auto to = folder_of(header);
      if (!may_include().contains(to)) continue;  // a library of others
      ++includes;
      EXPECT_TRUE(from == to || row->second.contains(to))
          << "src/" << path << ":" << number << " includes " << header << ", but " << from
          << "/ may not include " << to << "/";
      EXPECT_TRUE(from == to || is_test(path) || is_interface(from, header))
          << "src/" << path << ":" << number << " includes " << header << ", which is no interface";
    }
  }
  EXPECT_GT(includes, 50u);
}

// The folders are acyclic: the table itself keeps the order.
TEST(Layering, TheTableHasNoCycles) {
  std::map<std::string, int> state;
  std::function<bool(const std::string&)> acyclic = [&](const std::string& folder) {
    if (state[folder] == 1) return false;
    if (state[folder] == 2) return true;
    state[folder] = 1;
    for (const auto& below : may_include().at(folder))
      if (below != folder && !acyclic(below)) return false;
    state[folder] = 2;
    return true;
  };
  for (const auto& [folder, below] : may_include()) EXPECT_TRUE(acyclic(folder)) << folder;
}

}  // namespace
