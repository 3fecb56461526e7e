#include "crypto/lattice/batch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "crypto/lattice/test_parties.h"

namespace sotto::lattice {
namespace {

struct Layer {
  const char* set;
  MessageSpace space;
  std::size_t inputs, outputs;
  std::int64_t largest;
};

Integers weights_of(const Layer& layer) {
  std::mt19937_64 generator(layer.inputs);
  Integers weights(layer.inputs * layer.outputs);
  for (auto& weight : weights)
    weight =
        static_cast<std::int64_t>(generator() % (2 * static_cast<Word>(layer.largest) + 1)) - layer.largest;
  weights[0] = layer.largest, weights.back() = -layer.largest;
  return weights;
}

// Every output of every sample, by big integers.
void expect_layer(const Layer& layer, Form form) {
  Parties parties(layer.set);
  const Context& context = parties.context;
  const std::size_t degree = context.degree(), primes = context.primes();
  const Codec codec(context, layer.space, primes);
  const Integers weights = weights_of(layer);
  CiphertextMatrix inputs(context, layer.inputs, primes, form);
  std::vector<Vector> samples;
  for (std::size_t i = 0; i < layer.inputs; ++i) {
    samples.push_back(messages_of(layer.space, degree, i));
    Ciphertext ciphertext = parties.encrypt(codec, samples.back());
    if (form == Form::kCoefficients) to_coefficients(context, ciphertext);
    inputs.set(i, ciphertext);
  }
  const CiphertextMatrix outputs =
      weighted_sums(context, weights, layer.outputs, static_cast<double>(layer.largest), inputs);
  for (std::size_t o = 0; o < layer.outputs; ++o) {
    std::vector<Big> sums(degree);
    for (std::size_t i = 0; i < layer.inputs; ++i)
      for (std::size_t j = 0; j < degree; ++j) sums[j] += Big(samples[i][j]) * weights[o * layer.inputs + i];
    ASSERT_EQ(parties.read(layer.space, outputs.get(o)), reduced(sums, layer.space)) << "output " << o;
  }
}

TEST(Batch, MultipliesByWeightsOf16BitsInOneGo) {
  expect_layer({"rotations-4096", MessageSpace::power_of_two(32), 20, 5, 32767}, Form::kValues);
}

// 50-bit primes take 7 inputs at a time here: sums are reduced in between.
TEST(Batch, ReducesBetweenGroupsOfInputs) {
  expect_layer({"products-4096", MessageSpace::prime(transform_primes(30, 4096, 1)[0]), 30, 3, 1000},
               Form::kCoefficients);
}

// The largest sums there can be: every word and every weight at its end.
TEST(Batch, HoldsTheLargestSums) {
  const Context context(parameters_named("rotations-4096"));
  constexpr std::size_t kInputs = 2047;
  constexpr std::int64_t kLargest = 65535;
  CiphertextMatrix inputs(context, kInputs, 1, Form::kValues);
  const Word p = context.modulus(0).value;
  std::fill_n(inputs.block(0), kInputs * inputs.columns(), p - 1);
  for (const std::int64_t sign : {1, -1}) {
    const Integers weights(kInputs, sign * kLargest);
    const CiphertextMatrix sum = weighted_sums(context, weights, 1, kLargest, inputs);
    const Word expected = static_cast<Word>(modulo(Big(p - 1) * kLargest * kInputs * sign, p));
    const Ciphertext read = sum.get(0);
    for (const Polynomial* part : {&read.body, &read.mask})
      for (const Word word : part->words()) ASSERT_EQ(word, expected) << sign;
  }
}

TEST(Batch, RefusesWeightsThatOverflow) {
  const Context context(parameters_named("products-4096"));
  const CiphertextMatrix inputs(context, 1, 1, Form::kValues);
  const Integers weights{1 << 13};
  try {
    weighted_sums(context, weights, 1, 1 << 13, inputs);
    FAIL() << "2^13 times a 50-bit prime and a residue was accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_THAT(error.message(),
                testing::HasSubstr("weights up to 8192 times primes of 50 bits overflow 64 bits"));
  }
}

}  // namespace
}  // namespace sotto::lattice
