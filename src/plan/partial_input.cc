#include "plan/partial_input.h"

namespace sotto::plan {

std::optional<int> partial_input(const Plan& plan) {
  for (const auto& block : plan.blocks())
    for (const auto& operation : block.operations())
      if (const auto name = text_attribute(operation, kRowsOf))
        for (int i = 0; i < plan.inputs_size(); ++i)
          if (plan.inputs(i).name() == *name) return i;
  return std::nullopt;
}

}  // namespace sotto::plan
