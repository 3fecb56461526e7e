// What a product costs, as a function of its shape, and the network by which ways to make it are compared.
#pragma once

#include <cstdint>

namespace sotto::protocols::he {

struct Cost {
  std::uint64_t up = 0, back = 0;  // bytes to whoever computes, and back
  std::uint64_t nanoseconds = 0;   // both parties' work, one after the other
  std::uint32_t rounds = 2;
};

struct Network {
  std::uint64_t bits_per_second = 100'000'000, round_nanoseconds = 20'000'000;

  // From the beginning to the end, both directions of a link being free. Integers only: both parties must
  // find the same.
  std::uint64_t nanoseconds(const Cost& cost) const {
    return (cost.up + cost.back) * 8'000'000 / (bits_per_second / 1000) + cost.nanoseconds +
           cost.rounds * round_nanoseconds;
  }
};

}  // namespace sotto::protocols::he
