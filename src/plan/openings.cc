#include "plan/openings.h"

#include <fmt/format.h>

#include <algorithm>

namespace sotto::plan {
namespace {

bool opens(const Operation& operation) {
  return special(operation) == Special::kReveal || special(operation) == Special::kGuard;
}

void count_runs(const Plan& plan, Opening& opening) {
  for (const auto& control : plan.control()) {
    if (control.block() != opening.block) continue;
    opening.times += control.repeat();
    if (std::ranges::find(opening.phases, control.phase()) == opening.phases.end())
      opening.phases.push_back(control.phase());
  }
}

// How often a run of the block opens the reveal of this name.
std::uint64_t openings_in(const Plan& plan, const Block& block, const std::string& name) {
  std::uint64_t count = 0;
  for (const auto& operation : block.operations())
    for (const auto& reveal : plan.reveals())
      if (opens(operation) && reveal.value() == operation.operands(0) && reveal.name() == name) ++count;
  return count;
}

}  // namespace

std::vector<Opening> openings_of(const Plan& plan) {
  std::vector<Opening> openings;
  for (int b = 0; b < plan.blocks_size(); ++b)
    for (int i = 0; i < plan.blocks(b).operations_size(); ++i) {
      const auto& operation = plan.blocks(b).operations(i);
      if (!opens(operation)) continue;
      for (const auto& reveal : plan.reveals()) {
        if (reveal.value() != operation.operands(0)) continue;
        Opening opening{reveal.name(),
                        special(operation),
                        reveal.value(),
                        static_cast<std::uint32_t>(b),
                        i,
                        {reveal.roles().begin(), reveal.roles().end()},
                        0,
                        {},
                        operation.source()};
        count_runs(plan, opening);
        openings.push_back(std::move(opening));
      }
    }
  return openings;
}

std::string purpose_of(const Opening& opening) {
  return opening.kind == Special::kGuard
             ? "guard: whether a calibrated range was exceeded; ends the job if so"
             : "reveal: a result of the job";
}

std::vector<std::uint64_t> training_runs_before(const Plan& plan, const std::string& name) {
  std::vector<std::uint64_t> runs;
  std::uint64_t trained = 0;
  for (const auto& control : plan.control()) {
    const bool training = control.phase() == "train";
    const auto each = openings_in(plan, plan.blocks(static_cast<int>(control.block())), name);
    for (std::uint64_t run = 1; each > 0 && run <= control.repeat(); ++run)
      runs.insert(runs.end(), each, trained + (training ? run : 0));
    if (training) trained += control.repeat();
  }
  return runs;
}

std::string type_text(const Value& value) {
  const auto shape = to_string(shape_of(value));
  switch (value.sharing()) {
    case wire::BOOLEAN:
      return "bits" + shape;
    case wire::PUBLIC:
      return fmt::format("public{}.{}", shape, value.fraction_bits());
    default:
      return fmt::format("fixed{}.{} < 2^{}", shape, value.fraction_bits(), value.bound_bits());
  }
}

std::string names_of_roles(const Plan& plan, const std::vector<std::uint32_t>& roles) {
  std::string text;
  for (auto role : roles) text += (text.empty() ? "" : ", ") + plan.roles(static_cast<int>(role)).name();
  return text;
}

}  // namespace sotto::plan
