// sotto plan show.
#include <fmt/format.h>

#include <iostream>

#include "base/human.h"
#include "base/table.h"
#include "cli/plan_commands.h"
#include "plan/openings.h"
#include "plan/verify.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

void show_head(const plan::Plan& plan, const std::string& digest) {
  std::cout << fmt::format("plan      {}\ndigest    {}\nprotocol  {}\nroles     ", plan.name(), digest,
                           plan.protocol());
  for (int i = 0; i < plan.roles_size(); ++i)
    std::cout << (i ? ", " : "") << plan.roles(i).name()
              << (plan.roles(i).computes() ? "" : " (does not compute)");
  std::cout << fmt::format(
      "\nunseen    violations of ranges, with probability at most 2^{:.1f}\n\nprovided\n",
      plan.log2_failure());
  for (const auto& input : plan.inputs()) {
    const auto& value = plan.values(static_cast<int>(input.value()));
    std::cout << fmt::format("  {:<20} {:<32} {}\n", input.name(), plan::type_text(value),
                             input.initializer().empty()
                                 ? fmt::format("by {}{}", plan.roles(static_cast<int>(input.role())).name(),
                                               input.encoding().empty() ? "" : " as " + input.encoding())
                                 : input.initializer());
  }
}

// The verifier accepts a plan only if each opening has its entry here: nobody learns anything else.
void show_openings(const plan::Plan& plan) {
  std::cout << "\nlearnt: every value that any party ever sees\n";
  TextTable table({"value", "type", "to", "times", "opened by", "why"});
  for (int column : {1, 2, 4, 5}) table.align_left(static_cast<std::size_t>(column));
  for (const auto& opening : plan::openings_of(plan))
    table.add_row({opening.name, plan::type_text(plan.values(static_cast<int>(opening.value))),
                   plan::names_of_roles(plan, opening.roles), fmt::format("{}", opening.times),
                   fmt::format("operation {} of block {}{}", opening.operation,
                               plan.blocks(static_cast<int>(opening.block)).name(),
                               opening.source.empty() ? "" : ", " + opening.source),
                   plan::purpose_of(opening)});
  std::cout << table.text() << "\npublished: all parties hold the plan, and with it\n";
  for (const auto& line : plan.leakage()) std::cout << "  " << line << '\n';
  std::cout << "  public starting values and the order of rows, from seeds in the plan\n";
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
                            : plan::type_text(plan.values(static_cast<int>(operation.results(0))));
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
  const auto plan = naming(file, [&] { return plan::parse_verified(bytes); });
  show_head(plan, plan::digest(bytes));
  show_openings(plan);
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
