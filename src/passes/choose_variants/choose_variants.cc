#include "passes/choose_variants/choose_variants.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace sotto::passes {

namespace {

// Bytes cost money and work that the network's seconds do not show: spending more must save a good part of
// the time.
constexpr double kWorthwhile = 0.92;

bool has_variants(const plan::Operation& operation) {
  // Not the guard's comparisons: nobody waits for them.
  constexpr std::array<std::string_view, 11> kernels = {"sign",       "compare", "max",      "argmax_one_hot",
                                                        "softmax",    "exp",     "logistic", "tanh",
                                                        "reciprocal", "divide",  "log"};
  if (std::ranges::find(kernels, operation.kernel()) != kernels.end()) return true;
  return operation.kernel() == "contract" && plan::text_attribute(operation, "then") == "relu";
}

void set_effort(plan::Operation& operation, std::int64_t effort) {
  operation.set_variant(std::string(kernels::variant_of({{"effort", effort}})));
  for (auto& attribute : *operation.mutable_attributes())
    if (attribute.name() == "effort") return attribute.set_integer(effort);
  auto& attribute = *operation.add_attributes();
  attribute.set_name("effort");
  attribute.set_integer(effort);
}

}  // namespace

double seconds_on(const Network& network, const kernels::Cost& cost, int parties) {
  std::uint64_t busiest = 0;
  for (int party = 0; party < parties; ++party) {
    std::uint64_t sent = 0, received = 0;
    for (int other = 0; other < parties; ++other) {
      sent += cost.bytes[static_cast<std::size_t>(party * parties + other)];
      received += cost.bytes[static_cast<std::size_t>(other * parties + party)];
    }
    busiest = std::max(busiest, network.duplex ? std::max(sent, received) : sent + received);
  }
  return cost.rounds * network.one_way_ms * 1e-3 +
         static_cast<double>(busiest) * 8e-6 / network.megabit_per_second;
}

void choose_variant(plan::Operation& operation, int parties, const Network& network,
                    const CountOperation& count) {
  if (!has_variants(operation)) return;
  std::int64_t best = 0;
  double least = 0;
  for (std::int64_t effort = 0; effort < kernels::kEfforts; ++effort) {
    set_effort(operation, effort);
    const double seconds = seconds_on(network, count(operation), parties);
    if (effort == 0 || seconds < kWorthwhile * least) best = effort, least = seconds;
  }
  set_effort(operation, best);
}

}  // namespace sotto::passes
