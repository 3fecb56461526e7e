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

// Not an exponential, but exact: P is 2^20 from -2^20 on, R(s) = (5 s + 1) / 2^4 of s = sum / 2^10, and the
// result is P R / 2^6: 5 n 2^20 + 2^10 of n columns that count, but for 4/3 2^14 (R's argument may be a unit
// less, its truncation a unit off), and 0 of others.
Softmax counting_softmax(Effort effort);

}  // namespace sotto::protocols::conformance
