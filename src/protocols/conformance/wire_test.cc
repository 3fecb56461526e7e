// Wire baselines: a hash of every byte that parties receive, per row, kept in wire_baselines.txt. A
// refactoring leaves them equal; a change of protocol changes them knowingly (run this test with
// SOTTO_WRITE_BASELINES=1 and say why in the commit).
//
// Keys come from a fixed seed in this harness only; a session's keys come from its TLS connection, and no
// build or variable makes them repeat.
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

#include "base/hash.h"
#include "protocols/conformance/cases.h"
#include "protocols/conformance/suite.h"

namespace sotto::protocols::conformance {
namespace {

const char* const kFile = SOTTO_SOURCE_DIR "/src/protocols/conformance/wire_baselines.txt";

// "protocol | row" -> hash.
std::map<std::string, std::string> read_baselines() {
  std::map<std::string, std::string> baselines;
  std::ifstream file(kFile);
  for (std::string line; std::getline(file, line);)
    if (const auto space = line.find(' '); space != std::string::npos && line[0] != '#')
      baselines[line.substr(space + 1)] = line.substr(0, space);
  return baselines;
}

std::string hash_of(const Table& table, const Case& row) {
  constexpr std::size_t kCount = 2000;
  const Outcome outcome =
      run(table, row.inputs(kCount, 1234, 1), row.operation(kCount), {.seed = 2026, .operation = 3});
  Sha256 hash;
  for (const auto& received : outcome.received) {
    const std::uint64_t length = received.size();
    hash.update(std::as_bytes(std::span(&length, 1)));
    hash.update(received);
  }
  const Digest digest = hash.digest();
  return to_hex(std::span(digest).first(16));
}

TEST(Wire, TheSameBytesAsEver) {
  std::map<std::string, std::string> now;
  for (const Table* table : all_tables())
    if (table->parties() > 1)
      for (const Case& row : all_cases()) {
        const std::string hash = hash_of(*table, row);
        EXPECT_EQ(hash, hash_of(*table, row)) << row.name << " is not deterministic: something unset is sent";
        now[table->name() + " | " + row.name] = hash;
      }
  if (std::getenv("SOTTO_WRITE_BASELINES") != nullptr) {
    std::ofstream file(kFile);
    file << "# Written by wire_test.cc, which says what this is.\n";
    for (const auto& [row, hash] : now) file << hash << ' ' << row << '\n';
    return;
  }
  const auto kept = read_baselines();
  for (const auto& [row, hash] : now) {
    const auto found = kept.find(row);
    ASSERT_NE(found, kept.end()) << row << " has no baseline";
    EXPECT_EQ(hash, found->second) << row << " sends other bytes than before";
  }
  EXPECT_EQ(kept.size(), now.size()) << "baselines of rows that are no more";
}

}  // namespace
}  // namespace sotto::protocols::conformance
