// What a plan will cost on a network: from the counts in it alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/shaped.h"
#include "plan/plan.h"

namespace sotto::cli {

// Rounds and bytes of one operation, block or phase.
struct Counted {
  std::string name;
  std::uint64_t runs = 1;  // the other fields are of one run
  std::uint32_t rounds = 0;
  std::vector<std::uint64_t> bytes;  // [from * parties + to]
  std::uint64_t peak_bytes = 0;

  std::uint64_t bytes_all() const;
  // What the busiest party sends and receives: the rate of a profile is one party's, over both directions;
  // duplex, the busier direction's.
  std::uint64_t bytes_busiest(bool duplex = false) const;
};

// Time on the network of one run: rounds one after another, the busiest party's bytes at its rate. Computing
// comes on top.
double network_seconds(const Counted& counted, const net::NetworkProfile& network);

std::vector<Counted> phases_of(const plan::Plan& plan);
// Operations of a block summed by kernel.
std::vector<Counted> kernels_of(const plan::Plan& plan, const plan::Block& block);

}  // namespace sotto::cli
