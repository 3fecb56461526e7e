#include "cli/setup_cost.h"

#include <algorithm>

namespace sotto::cli {

std::uint64_t setup_bytes(const runtime::Program& program) {
  const protocols::Table& table = *program.table;
  std::uint64_t bytes = 0;
  if (!table.rows().setup) return bytes;
  for (int self = 0; self < table.parties(); ++self) {
    net::Rounds rounds = net::Rounds::counting(self, table.parties());
    rounds.run(table.rows().setup(rounds, program.setup_needs));
    for (const auto sent : rounds.bytes_to()) bytes += sent;
  }
  return bytes;
}

double setup_seconds(const nlohmann::json& report) {
  double slowest = 0;
  for (const auto& party : report.at("parties"))
    slowest = std::max(slowest, party.at("connect_seconds").get<double>());
  return slowest;
}

}  // namespace sotto::cli
