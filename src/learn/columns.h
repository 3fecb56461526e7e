// What an owner does to its columns before anything is shared, and which rows are for training.
//
// Every column is centred: an intercept takes up what that moves, so the model is the same, and scores
// without the intercept have mean zero, whoever owns their parts. Scaled columns have deviation 1 as well,
// which lets one learning rate and one penalty suit all of them. Means and deviations are of the training
// rows (divided by their number, as scikit-learn's StandardScaler has it) and stay with their owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "learn/table.h"

namespace sotto::learn {

struct Scaling {
  double mean = 0, deviation = 1;
};

// Rows for training and for testing: the first and the last part of a permutation that all parties draw from
// the same public seed. A `holdout` of 0 tests on the rows of the training; else each part has a row at
// least.
struct Split {
  std::vector<std::uint32_t> training, test;
};
struct SplitSizes {
  std::size_t training = 0, test = 0;
};
SplitSizes split_sizes(std::size_t rows, double holdout);
Split split_rows(std::size_t rows, double holdout, std::uint64_t seed);

// Changes the table's values. Throws kData naming file and column where a column has one value in all
// training rows: it can teach nothing, and has no scale; or values so far apart or so close that their
// squares are no numbers.
std::vector<Scaling> center_and_scale(Table& table, const std::vector<std::uint32_t>& training, bool scale,
                                      const std::string& file);

// The same with the numbers of an earlier training.
void apply_scalings(Table& table, const std::vector<Scaling>& scalings);

}  // namespace sotto::learn
