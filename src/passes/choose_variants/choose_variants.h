// Picks, for each operation that offers several, the implementation that is fastest on the network the plan
// is for.
#pragma once

#include <functional>

#include "kernels/cost.h"
#include "passes/options.h"
#include "plan/plan.h"

namespace sotto::passes {

// The exact cost of an operation of the plan as its attributes now stand.
using CountOperation = std::function<kernels::Cost(const plan::Operation&)>;

// Seconds of an operation on the network: its rounds, and the busiest party's bytes at its rate; duplex, those
// of its busier direction.
double seconds_on(const Network& network, const kernels::Cost& cost, int parties);

// Kernels with several implementations (comparisons, and what contains one; exponentials, reciprocals and
// logarithms): sets the attribute `effort` and names the variant: the one that sends least, unless another is
// faster by 8 %.
void choose_variant(plan::Operation& operation, int parties, const Network& network,
                    const CountOperation& count);

}  // namespace sotto::passes
