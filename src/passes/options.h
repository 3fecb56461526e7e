// What a compilation is asked for: the words of the command line, as passes see them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ir/interpreter/array.h"

namespace sotto::passes {

// A tensor that a role provides.
struct Provision {
  std::string name;  // the program's argument
  std::string role;
  std::string encoding;  // "", "pixels" or "one_hot:10", as in the plan
  std::string file;      // only for runs in plain
};

// An argument that a result replaces after every step.
struct StateLink {
  std::string input, output;  // an output is named or numbered
};

struct Reveal {
  std::string name;  // "accuracy", "loss", "model", or an output of the program
  std::vector<std::string> roles;
};

// Optimizers have torch's conventions and hyperparameters; passes/optimizer says what becomes of epsilon.
enum class Optimizer { kSgd, kAdam, kAmsgrad };

// What training makes small: the mean over the batch of
//   softmax cross-entropy of a row of logits and a one-hot label;
//   logistic: -y log sigmoid(z) - (1 - y) log(1 - sigmoid(z)) of one logit z and a label y from 0 to 1;
//   squared error: half the sum of (z - y)^2 over a row.
enum class Loss { kSoftmaxCrossEntropy, kLogistic, kSquaredError };

struct Training {
  Optimizer optimizer = Optimizer::kSgd;
  Loss loss = Loss::kSoftmaxCrossEntropy;
  double learning_rate = 0.01, weight_decay = 0;
  double momentum = 0.9;                              // SGD's: v' = momentum * v + (g + weight_decay * w)
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;  // Adam's
  std::int64_t batch = 128, epochs = 1;
  std::int64_t rows = 60000, test_rows = 10000;
  Provision data, labels;  // `data.name` is the model's batch argument
};

// A program that is a whole course of training, written out: passes/course. Sizes of batches are the
// program's.
struct Course {
  std::int64_t epochs = 1;
  std::int64_t rows = 0, test_rows = 0;  // of data sets: those whose names begin with "test." have the latter
};

// How numbers are written in fixed point. Bounds are in bits: |value| < 2^bound.
struct Precision {
  int fraction_bits = 18;  // what products and functions give
  int activation_fraction_bits =
      16;  // of what a relu or a pooling compares: narrower windows, cheaper updates
  // Of gradients behind a mask: sums over a batch average their rounding, and what they make is truncated by
  // less; of those with more elements than they make, which are truncated by less themselves.
  int gradient_fraction_bits = 14, large_gradient_fraction_bits = 24;
  int state_fraction_bits = 28;        // parameters and momentum: small steps must not vanish
  int small_state_fraction_bits = 22;  // of those with far fewer
  int large_state_fraction_bits =
      36;                         // of those with more elements than the products they enter: cheaper updates
  int moment_fraction_bits = 18;  // of Adam's first moment of the gradient's sum over a batch
  int pixel_fraction_bits = 12;   // u8 / 255
  int margin_bits = 2;            // calibrated ranges may grow by this factor
  int activation_bound_bits =
      10;  // calibrated bounds are at least this: comparisons cover far more than was measured
  int state_bound_bits = 3;
  int input_bound_bits = 3;  // of inputs without encoding and without a declared limit
};

// The network a plan is for: a party's rate over all its links and both directions, or, duplex, of each, and
// the delay one way.
struct Network {
  double megabit_per_second = 10100;
  double one_way_ms = 0.05;
  bool duplex = false;
};

struct Options {
  std::string name;  // of the program
  std::vector<std::string> roles = {"images", "labels",
                                    "helper"};  // computing roles, in the order of parties
  std::string protocol = "rep3";
  std::optional<Training> training;      // none: the program is compiled as it is
  std::optional<Course> course;          // likewise; at most one of the two
  std::vector<Provision> inputs;         // of a program compiled as it is, or of a course
  std::map<std::string, double> limits;  // of inputs, declared by their owners: |value| <= limit
  std::vector<StateLink> states;
  // The program is a trained model: arguments that nobody provides come from the parties' share stores. Rows
  // of the batch that `inputs[0]` gives; 0: as many as the model is written for.
  bool prediction = false;
  std::int64_t prediction_rows = 0;
  // How the model of a prediction was trained: ranges are measured on one that was, plainly. None: on one
  // that was not.
  std::optional<Training> trained_as;
  std::shared_ptr<const std::map<std::string, ir::Array>> trained;  // its state then; passes::compile sets it
  std::int64_t steps = 1;                                           // how often a program with states runs
  std::string initializer = "torch_linear";
  std::uint64_t seed = 1;
  std::vector<Reveal> reveals;
  Precision precision;
  // By default variants are chosen for the first, and products for what their protocol takes as a rule.
  std::optional<Network> network;
  std::shared_ptr<const std::map<std::string, ir::Array>>
      sample;                            // for calibration; synthetic data when null
  std::int64_t calibration_steps = 469;  // of plain training
  bool guard = true;                     // of calibrated bounds, in every step
  bool evaluate_every_epoch = false;     // and reveal what evaluation measures each time, not only at the end
};

}  // namespace sotto::passes
