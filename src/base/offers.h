// The implementations of one interface that this processor can run, fastest first.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace sotto {

template <class Implementation>
class Offers {
 public:
  // In the order of preference; at most four.
  Offers& offer(bool runs_here, const Implementation& implementation) {
    if (runs_here) all_.at(count_++) = &implementation;
    return *this;
  }
  std::span<const Implementation* const> all() const { return {all_.data(), count_}; }

 private:
  std::array<const Implementation*, 4> all_{};
  std::size_t count_ = 0;
};

}  // namespace sotto
