#include "cli/predict.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace sotto::cli {

std::uint64_t Counted::bytes_all() const {
  return std::accumulate(bytes.begin(), bytes.end(), std::uint64_t{0});
}

std::uint64_t Counted::bytes_busiest(bool duplex) const {
  const auto parties = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(bytes.size()))));
  std::uint64_t most = 0;
  for (std::size_t party = 0; party < parties; ++party) {
    std::uint64_t sent = 0, received = 0;
    for (std::size_t other = 0; other < parties; ++other) {
      sent += bytes[party * parties + other];
      received += bytes[other * parties + party];
    }
    most = std::max(most, duplex ? std::max(sent, received) : sent + received);
  }
  return most;
}

double network_seconds(const Counted& counted, const net::NetworkProfile& network) {
  const double delay = counted.rounds * network.one_way_ms / 1000;
  const double rate = network.megabit_per_second * 1e6 / 8;
  return delay + (rate > 0 ? static_cast<double>(counted.bytes_busiest(network.duplex)) / rate : 0);
}

std::vector<Counted> phases_of(const plan::Plan& plan) {
  std::vector<Counted> phases;
  for (const auto& control : plan.control()) {
    const auto& block = plan.blocks(static_cast<int>(control.block()));
    const auto name = control.phase() + " (" + block.name() + ")";
    const auto known = std::ranges::find(phases, name, &Counted::name);
    if (known != phases.end()) {
      known->runs += control.repeat();
      continue;
    }
    phases.push_back({name,
                      control.repeat(),
                      block.rounds(),
                      {block.bytes().begin(), block.bytes().end()},
                      block.peak_bytes()});
  }
  return phases;
}

std::vector<Counted> kernels_of(const plan::Plan& plan, const plan::Block& block) {
  std::map<std::string, Counted> by_name;
  const auto entries = static_cast<std::size_t>(plan::party_count(plan) * plan::party_count(plan));
  for (const auto& operation : block.operations()) {
    auto& counted =
        by_name.try_emplace(operation.kernel(), Counted{operation.kernel(), 0, 0, {}, 0}).first->second;
    counted.bytes.resize(entries, 0);
    ++counted.runs;
    counted.rounds += operation.rounds();
    for (std::size_t entry = 0; entry < entries; ++entry)
      counted.bytes[entry] += operation.bytes(static_cast<int>(entry));
  }
  std::vector<Counted> sorted;
  for (auto& [name, counted] : by_name) sorted.push_back(std::move(counted));
  std::ranges::sort(sorted, std::greater<>(), &Counted::bytes_all);
  return sorted;
}

}  // namespace sotto::cli
