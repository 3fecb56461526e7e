// sotto plan show.
#include <fmt/format.h>

#include <iostream>

#include "base/human.h"
#include "base/table.h"
#include "cli/plan_commands.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

std::string names_of_roles(const plan::Plan& plan,
                           const google::protobuf::RepeatedField<std::uint32_t>& roles) {
  std::string text;
  for (auto role : roles) text += (text.empty() ? "" : ", ") + plan.roles(static_cast<int>(role)).name();
  return text;
}

std::string type_text(const plan::Value& value) {
  const auto shape = to_string(plan::shape_of(value));
  switch (value.sharing()) {
    case plan::wire::BOOLEAN:
      return "bits" + shape;
    case plan::wire::PUBLIC:
      return fmt::format("public{}.{}", shape, value.fraction_bits());
    default:
      return fmt::format("fixed{}.{} < 2^{}", shape, value.fraction_bits(), value.bound_bits());
  }
}

void show_head(const plan::Plan& plan, const std::string& digest) {
  std::cout << fmt::format("plan      {}\ndigest    {}\nprotocol  {}\nroles     ", plan.name(), digest,
                           plan.protocol());
  for (int i = 0; i < plan.roles_size(); ++i)
    std::cout << (i ? ", " : "") << plan.roles(i).name()
              << (plan.roles(i).computes() ? "" : " (does not compute)");
  std::cout << fmt::format("\nfails     with probability at most 2^{:.1f}\n\nprovided\n",
                           plan.log2_failure());
  for (const auto& input : plan.inputs()) {
    const auto& value = plan.values(static_cast<int>(input.value()));
    std::cout << fmt::format("  {:<20} {:<32} {}\n", input.name(), type_text(value),
                             input.initializer().empty()
                                 ? fmt::format("by {}{}", plan.roles(static_cast<int>(input.role())).name(),
                                               input.encoding().empty() ? "" : " as " + input.encoding())
                                 : input.initializer());
  }
  std::cout << "\nrevealed\n";
  for (const auto& reveal : plan.reveals())
    std::cout << fmt::format("  {:<20} {:<32} to {}\n", reveal.name(),
                             type_text(plan.values(static_cast<int>(reveal.value()))),
                             names_of_roles(plan, reveal.roles()));
  for (const auto& line : plan.leakage()) std::cout << "  published: " << line << '\n';
}

void show_block(const plan::Plan& plan, const plan::Block& block) {
  TextTable table({"#", "operation", "result", "rounds", "sent by all", "from"});
  for (int column : {1, 2, 5}) table.align_left(static_cast<std::size_t>(column));
  for (int i = 0; i < block.operations_size(); ++i) {
    const auto& operation = block.operations(i);
    std::uint64_t bytes = 0;
    for (auto count : operation.bytes()) bytes += count;
    const auto result = operation.results_size() == 0
                            ? plan.values(static_cast<int>(operation.operands(0))).name()
                            : type_text(plan.values(static_cast<int>(operation.results(0))));
    const auto rounds = operation.rounds() == 0 ? fmt::format("{}", operation.start_round())
                                                : fmt::format("{}-{}", operation.start_round(),
                                                              operation.start_round() + operation.rounds());
    table.add_row({fmt::format("{}", i),
                   operation.variant().empty()
                       ? operation.kernel()
                       : fmt::format("{} ({})", operation.kernel(), operation.variant()),
                   result, rounds, human_bytes(bytes), operation.source()});
  }
  std::cout << fmt::format("\nblock {}: {} rounds\n{}", block.name(), block.rounds(), table.text());
}

}  // namespace

void show_plan(const std::filesystem::path& file) {
  const auto bytes = runtime::read_plan_file(file);
  const auto plan = plan::parse_verified(bytes);
  show_head(plan, plan::digest(bytes));
  std::cout << "\ncontrol\n";
  for (const auto& control : plan.control())
    std::cout << fmt::format("  {:<10} block {} x {}{}\n", control.phase(),
                             plan.blocks(static_cast<int>(control.block())).name(), control.repeat(),
                             control.batch() == 0
                                 ? ""
                                 : fmt::format(", {} of {} rows each{}", control.batch(), control.rows(),
                                               control.permutation_seed() == 0
                                                   ? ""
                                                   : fmt::format(", order {} of seed {}", control.epoch(),
                                                                 control.permutation_seed())));
  for (const auto& block : plan.blocks()) show_block(plan, block);
}

}  // namespace sotto::cli
