// The network that a plan is for, as its products carry it: protocols that can multiply in several ways
// choose by it, the same at all parties, since it is in the plan.
#pragma once

#include "plan/plan.h"

namespace sotto::plan {

// A party's rate over both directions together, or, duplex, of each.
struct Link {
  std::int64_t kilobit_per_second = 100'000, one_way_microseconds = 20'000;
  bool duplex = true;
};

// The nearest that a plan can say: whole kilobits and microseconds, at least 10 kbit/s.
Link link_of(double megabit_per_second, double one_way_ms, bool duplex);

// A contraction that multiplies.
bool is_product(const Operation& operation);
// Sets the attributes link_kbit, link_delay_us and link_duplex (kernels/kernel.h) of every product.
void carry_link(Plan& plan, const Link& link);

}  // namespace sotto::plan
