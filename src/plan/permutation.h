// Which rows of a data set a batch takes: public, and the same at every party and in plain reference
// training.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sotto::plan {

// The order of rows in one epoch: Fisher-Yates from the last row down, drawing from SplitMix64 started at
// seed * 2^32 + epoch (modulo 2^64) after one discarded draw. Seed 0 gives the rows in order. rows < 2^32.
std::vector<std::uint32_t> row_order(std::uint64_t rows, std::uint64_t seed, std::uint64_t epoch);

// Rows [index * batch, (index + 1) * batch) of the order; past its end it starts again from the front.
std::vector<std::uint32_t> batch_rows(std::span<const std::uint32_t> order, std::uint64_t index,
                                      std::uint64_t batch);

}  // namespace sotto::plan
