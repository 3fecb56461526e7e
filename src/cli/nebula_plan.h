// The experiment that Nebula reported (poster, 2020): two parties, each with half the features of the same
// rows, train a logistic regression by gradient descent from secret weights. As a hand-made plan, for `sotto
// bench nebula`.
//
//   z = X_left w_left + X_right w_right,   e = 1 / (1 + e^-z) - y,   w' = w - (rate / B) X^T e
//
// rate / B is a power of two, so that X^T e is in units of the weights and nothing but z is ever truncated.
#pragma once

#include <array>
#include <cstdint>

#include "plan/link.h"

namespace sotto::cli {

inline constexpr std::array<const char*, 2> kNebulaRoles = {"left", "right"};

struct NebulaShape {
  std::int64_t rows = 1024, features = 100000;  // features of both together, even
  std::int64_t batches = 1;                     // a power of two; rows of a batch, too
  std::int64_t epochs = 1;
  // For which ways to multiply are chosen.
  plan::Link link = {.kilobit_per_second = 10'000, .one_way_microseconds = 1000};

  std::int64_t batch() const { return rows / batches; }
  // Times the batch's mean gradient.
  double rate() const { return static_cast<double>(batch()) / 1024; }
};

// Fraction bits.
inline constexpr int kFeatureBits = 12, kErrorBits = 14, kWeightBits = 36;
static_assert(kFeatureBits + kErrorBits + 10 == kWeightBits,
              "a sum over rows, divided by 1024, is a change of weights");

// Inputs: features of each role, in [-1/2, 1/2), "labels" of the right one, and "start.left", "start.right",
// which the other role provides, so that nobody knows its own weights. Phases: load, train, finish, which
// reveals "weights.left" and "weights.right" to their owners.
plan::Plan nebula_plan(const NebulaShape& shape);

}  // namespace sotto::cli
