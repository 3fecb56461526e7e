// From text to numbers: whole programs are read and evaluated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <random>

#include "frontends/stablehlo/read.h"
#include "ir/interpreter/interpreter.h"
#include "llvm/Support/MemoryBuffer.h"

namespace sotto::frontends::stablehlo {
namespace {

using ir::Array;
using ir::ElementType;

const std::string kPrograms = SOTTO_SOURCE_DIR "/../shared/data/stablehlo/programs/";

std::mt19937 random_bits(7);

Array normal(Shape shape, float deviation) {
  std::normal_distribution<float> distribution(0, deviation);
  std::vector<float> values(element_count(shape));
  for (float& value : values) value = distribution(random_bits);
  return Array::floats(std::move(shape), std::move(values));
}

// Small weights and zero biases for a 784-128-128-10 network, as w0 b0 w1 b1 w2 b2.
std::vector<Array> parameters() {
  std::vector<Array> list;
  for (auto [rows, columns] : {std::pair<std::int64_t, std::int64_t>{784, 128}, {128, 128}, {128, 10}}) {
    list.push_back(normal({rows, columns}, 1 / std::sqrt(static_cast<float>(rows))));
    list.push_back(Array(ElementType::kF32, {columns}));
  }
  return list;
}

std::string replace_all(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

TEST(Example, NetworkAGivesLogits) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = read_file_or_throw(context, SOTTO_SOURCE_DIR "/examples/mnist_a.mlir");
  auto main = entry_function(*module);
  std::vector<Array> inputs = parameters();
  inputs.push_back(normal({128, 28, 28, 1}, 1));
  const char* names[] = {"w0", "b0", "w1", "b1", "w2", "b2", "x"};
  for (unsigned i = 0; i < 7; ++i) EXPECT_EQ(argument_name(main, i), names[i]);
  mlir::FailureOr<std::vector<Array>> logits = ir::evaluate(main, inputs);
  ASSERT_TRUE(mlir::succeeded(logits));
  EXPECT_EQ((*logits)[0].shape(), (Shape{128, 10}));
  EXPECT_EQ((*logits)[0].type(), ElementType::kF32);
}

// The convolutional ones: their parameters, in order, and logits for a batch.
TEST(Example, ConvolutionalNetworksGiveLogits) {
  for (auto [file, count, names] : {std::tuple{"mnist_b", 33542, "k0 b0 k1 b1 w2 b2 w3 b3 x "},
                                    {"mnist_c", 431080, "k0 b0 k1 b1 w2 b2 w3 b3 x "},
                                    {"mnist_d", 99240, "k0 b0 w1 b1 w2 b2 x "}}) {
    SCOPED_TRACE(file);
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    auto module = read_file_or_throw(context, std::string(SOTTO_SOURCE_DIR "/examples/") + file + ".mlir");
    auto main = entry_function(*module);
    std::vector<Array> inputs;
    std::size_t parameters = 0;
    std::string found;
    for (unsigned i = 0; i < main.getNumArguments(); ++i) {
      found += argument_name(main, i) + " ";
      inputs.push_back(normal(ir::shape_of(main.getArgument(i).getType()), 0.1F));
      if (i + 1 < main.getNumArguments()) parameters += inputs.back().size();
    }
    EXPECT_EQ(found, names);
    EXPECT_EQ(parameters, static_cast<std::size_t>(count));
    mlir::FailureOr<std::vector<Array>> logits = ir::evaluate(main, inputs);
    ASSERT_TRUE(mlir::succeeded(logits));
    EXPECT_EQ((*logits)[0].shape(), (Shape{128, 10}));
  }
}

// A network 784-128-128-10 with batch 128 learns labels that depend on its input, one step after another.
TEST(TrainStep, LossFallsAndAStepIsFast) {
  const std::string path = kPrograms + "lean4mlir_mlp_train_step.mlir";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "shared data is absent: " << path;
  std::string text = replace_all((*llvm::MemoryBuffer::getFile(path))->getBuffer().str(), "512", "128");
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto module = read_or_throw(context, replace_all(text, "0.00078125", "0.0078125"), path);
  std::vector<Array> inputs = parameters();
  inputs.insert(inputs.begin(), normal({128, 784}, 1));
  inputs.push_back(Array(ElementType::kF32, {}));
  Array onehot(ElementType::kF32, {128, 10});
  for (int row = 0; row < 128; ++row) onehot.as<float>()[row * 10 + (inputs[0].at(row * 784) > 0)] = 1;
  inputs.push_back(onehot);
  std::vector<double> losses;
  auto fastest = std::chrono::duration<double, std::milli>::max();
  for (int step = 0; step < 30; ++step) {
    auto start = std::chrono::steady_clock::now();
    mlir::FailureOr<std::vector<Array>> results = ir::evaluate(entry_function(*module), inputs);
    fastest = std::min<decltype(fastest)>(fastest, std::chrono::steady_clock::now() - start);
    ASSERT_TRUE(mlir::succeeded(results));
    losses.push_back((*results)[6].at(0));
    for (int i = 0; i < 6; ++i) inputs[1 + i] = (*results)[i];
  }
  EXPECT_NEAR(losses.front(), std::log(10), 0.8);
  EXPECT_LT(losses.back(), 0.2 * losses.front());
  RecordProperty("milliseconds_per_step", std::to_string(fastest.count()));
  // 30 ms is the aim of an optimised build on one idle core; a shared or unoptimised one gets room.
  EXPECT_LT(fastest.count(), 1000);
  std::cout << "one train step: " << fastest.count() << " ms\n";
}

// The two forms of one computation: JAX's step with labels as integers (gather, scatter, call) and the plain
// one with labels one-hot give the same new weights.
TEST(TrainStep, JaxsStepAgreesWithThePlainOne) {
  if (!std::filesystem::exists(kPrograms)) GTEST_SKIP() << "shared data is absent: " << kPrograms;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  auto jax = read_file_or_throw(context, kPrograms + "lean4mlir_poc_train_step.mlir");
  auto plain = read_file_or_throw(context, kPrograms + "lean4mlir_mlp_train_step.mlir");
  std::vector<Array> weights;
  for (auto [rows, columns] : {std::pair<std::int64_t, std::int64_t>{784, 512}, {512, 512}, {512, 10}}) {
    weights.push_back(normal({rows, columns}, 0.05f));
    weights.push_back(normal({columns}, 0.05f));
  }
  Array x = normal({128, 784}, 1), onehot(ElementType::kF32, {128, 10});
  std::vector<std::int64_t> labels(128);
  for (int row = 0; row < 128; ++row) onehot.as<float>()[row * 10 + (labels[row] = random_bits() % 10)] = 1;
  std::vector<Array> jax_inputs = weights, plain_inputs = weights;
  jax_inputs.push_back(x);
  jax_inputs.push_back(Array::integers(ElementType::kI32, {128}, labels));
  jax_inputs.push_back(Array::floats({}, {0.1f}));  // the plain step's constant is 0.1 / 128
  plain_inputs.insert(plain_inputs.begin(), x);
  plain_inputs.push_back(Array(ElementType::kF32, {}));
  plain_inputs.push_back(onehot);
  auto by_jax = ir::evaluate(entry_function(*jax), jax_inputs);
  auto by_plain = ir::evaluate(entry_function(*plain), plain_inputs);
  ASSERT_TRUE(mlir::succeeded(by_jax) && mlir::succeeded(by_plain));
  for (int result = 0; result < 7; ++result) {
    for (size_t i = 0; i < (*by_jax)[result].size(); ++i)
      ASSERT_NEAR((*by_jax)[result].at(i), (*by_plain)[result].at(i), 2e-5)
          << "result " << result << " at " << i;
  }
}

}  // namespace
}  // namespace sotto::frontends::stablehlo
