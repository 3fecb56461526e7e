// Public initial values: the start of training, a function of a public seed, a name and a shape.
//
// | text               | value i                                                            |
// |--------------------|--------------------------------------------------------------------|
// | zeros              | 0                                                                  |
// | he_uniform:IN      | uniform in [-a, a), a = sqrt(6 / IN)                               |
// | glorot_uniform:IN:OUT | the same with a = sqrt(6 / (IN + OUT))                          |
// | torch_linear:IN    | the same with a = 1 / sqrt(IN): what torch.nn.Linear starts with   |
// | stored             | secret: each party's share of a trained model, from its share store |
//
// Draws come in row-major order from SplitMix64, started at seed XOR FNV-1a(name): a * (2u - 1) in double
// precision (IEEE division and square root are exact to the last bit, so every party computes the same
// numbers).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/shape.h"

namespace sotto::plan {

// Not public and no function of anything: a run takes it from the parties' share stores.
inline constexpr std::string_view kStored = "stored";

// Throws ErrorKind::kPlan naming the initializer and the known ones.
void check_initializer(std::string_view text);
// Of all but `stored`.
std::vector<double> initial_values(std::string_view text, std::uint64_t seed, std::string_view name,
                                   const Shape& shape);

}  // namespace sotto::plan
