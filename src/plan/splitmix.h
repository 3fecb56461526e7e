// SplitMix64 (Steele, Lea and Flood 2014): the generator of everything public and random in a plan. Its
// output is part of the plan's meaning: identical at every party and in plain reference training. Never a
// source of secrets.
#pragma once

#include <cstdint>

namespace sotto::plan {

class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // Uniform in [0, 1): the upper 53 bits.
  double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  // Uniform in [0, bound), bound > 0, without bias: the upper half of a 128-bit product; draws whose lower
  // half falls into the uneven remainder are repeated (Lemire 2019).
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t uneven = (0 - bound) % bound;
    while (true) {
      const auto product = static_cast<Wide>(next()) * bound;
      if (static_cast<std::uint64_t>(product) >= uneven) return static_cast<std::uint64_t>(product >> 64);
    }
  }

 private:
  __extension__ typedef unsigned __int128 Wide;
  std::uint64_t state_;
};

}  // namespace sotto::plan
