#include "cli/variants.h"

#include <algorithm>

namespace sotto::cli {
namespace {

std::vector<Variant> variants_of(const runtime::Program& program, int block, int operation,
                                 const net::NetworkProfile& network) {
  const auto& wire = program.plan.blocks(block).operations(operation);
  const auto& prepared =
      program.blocks[static_cast<std::size_t>(block)].operations[static_cast<std::size_t>(operation)];
  std::vector<Variant> variants;
  kernels::Call call = prepared.types;
  for (std::int64_t effort = 0; effort < kernels::kEfforts; ++effort) {
    call.attributes["effort"] = effort;
    Variant variant{.name = std::string(kernels::variant_of(call.attributes)),
                    .cost = kernels::count(*program.table, *prepared.kernel, call,
                                           static_cast<std::uint16_t>(operation))};
    const bool known = std::ranges::any_of(variants, [&](const Variant& other) {
      return other.cost.rounds == variant.cost.rounds && other.cost.bytes == variant.cost.bytes;
    });
    variant.chosen = variant.name == wire.variant();
    if (known && !variant.chosen) continue;
    variant.seconds = network_seconds({variant.name, 1, variant.cost.rounds, variant.cost.bytes, 0}, network);
    variants.push_back(std::move(variant));
  }
  return variants;
}

}  // namespace

std::vector<Choice> choices_of(const runtime::Program& program, int block,
                               const net::NetworkProfile& network) {
  std::vector<Choice> choices;
  const auto& wire = program.plan.blocks(block);
  for (int operation = 0; operation < wire.operations_size(); ++operation) {
    if (wire.operations(operation).variant().empty()) continue;
    Choice choice{.operation = operation, .variants = variants_of(program, block, operation, network)};
    if (choice.variants.size() > 1) choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace sotto::cli
