// What a party learnt: revealed values by name.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/shape.h"

namespace sotto::runtime {

struct Revealed {
  Shape shape;
  bool boolean = false;
  std::vector<double> values;  // 0 and 1 when Boolean
};

// A value revealed by a block that runs repeatedly appears once for each run, in order.
using Outputs = std::map<std::string, std::vector<Revealed>>;

}  // namespace sotto::runtime
