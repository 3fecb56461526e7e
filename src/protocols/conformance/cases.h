// Every row of a table once or more, as cases for the tests that must not leave one out.
#pragma once

#include <string>
#include <vector>

#include "protocols/conformance/harness.h"

namespace sotto::protocols::conformance {

struct Case {
  std::string name;
  // `count` elements that all carry `value` (a small number, |value| < 2^20), owned by parties from `owner`
  // on.
  std::function<std::vector<Input>(std::size_t count, std::int64_t value, int owner)> inputs;
  std::function<Operation(std::size_t count)> operation;
};

const std::vector<Case>& all_cases();

}  // namespace sotto::protocols::conformance
