// What the tests of kernels share: a kernel run on real numbers by any protocol, with its cost compared to
// what is counted beforehand.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>

#include "base/sanitized.h"
#include "kernels/cost.h"
#include "kernels/kernel.h"
#include "protocols/conformance/harness.h"

namespace sotto::kernels {

using protocols::Kind;
using protocols::Table;
using Reals = std::vector<double>;

class KernelTest : public testing::TestWithParam<const Table*> {
 protected:
  // Two parties' transfers and ciphertexts take minutes in a sanitizer's build, where duo's own tests are
  // enough.
  void SetUp() override {
    if (kSanitized && table().name() == "duo") GTEST_SKIP() << "too slow under sanitizers";
  }
  const Table& table() const { return *GetParam(); }
};

#define SOTTO_KERNEL_FOR_ALL_PROTOCOLS(Suite)                                                        \
  INSTANTIATE_TEST_SUITE_P(                                                                          \
      All, Suite, testing::ValuesIn(protocols::all_tables().begin(), protocols::all_tables().end()), \
      [](const auto& info) { return info.param->name(); })

struct Operand {
  ValueType type;
  Reals values;  // Boolean: 0 or 1
  int owner = 0;
};

inline ValueType number(Shape shape, int fraction_bits, int bound_bits, Kind kind = Kind::kArithmetic) {
  return {.kind = kind, .shape = std::move(shape), .fraction_bits = fraction_bits, .bound_bits = bound_bits};
}
inline ValueType bit(Shape shape) {
  return {.kind = Kind::kBoolean, .shape = std::move(shape), .fraction_bits = 0, .bound_bits = 0};
}
inline Shape shape_of(const Reals& values) { return {static_cast<std::int64_t>(values.size())}; }

inline std::uint64_t encoded(double value, int fraction_bits) {
  return static_cast<std::uint64_t>(std::llrint(std::ldexp(value, fraction_bits)));
}
inline double decoded(std::uint64_t value, int fraction_bits) {
  return std::ldexp(static_cast<double>(static_cast<std::int64_t>(value)), -fraction_bits);
}
// As the encoding rounds it, so that references see what the kernel sees.
inline double rounded(double value, int fraction_bits) {
  return decoded(encoded(value, fraction_bits), fraction_bits);
}

inline Call call_of(const std::vector<Operand>& operands, const std::vector<ValueType>& results,
                    const Attributes& attributes) {
  Call call{.operands = {}, .operand_types = {}, .result_types = results, .attributes = attributes};
  for (const Operand& operand : operands) call.operand_types.push_back(operand.type);
  return call;
}

inline void expect_predicted(const Table& table, const Kernel& kernel, const Call& types_only,
                             const protocols::conformance::Traffic& measured) {
  const Cost predicted = count(table, kernel, types_only, 0);
  EXPECT_EQ(predicted.rounds, measured.rounds) << kernel.name;
  EXPECT_EQ(predicted.bytes, measured.bytes) << kernel.name;
}

// The results as real numbers.
inline std::vector<Reals> run_kernel(const Table& table, std::string_view name,
                                     const std::vector<Operand>& operands,
                                     const std::vector<ValueType>& results, const Attributes& attributes = {},
                                     std::uint64_t seed = 1) {
  const Kernel& kernel = kernel_named(name);
  const Call types_only = call_of(operands, results, attributes);
  kernel.check(types_only);
  std::vector<protocols::conformance::Input> inputs;
  for (const Operand& operand : operands) {
    protocols::conformance::Integers integers;
    for (double value : operand.values) integers.push_back(encoded(value, operand.type.fraction_bits));
    const int owner = operand.type.kind == Kind::kPublic ? protocols::conformance::kConstant : operand.owner;
    inputs.push_back({operand.type.shape, integers, operand.type.kind, owner});
  }
  const auto operation = [&](protocols::Context& context,
                             protocols::Shares shares) -> Task<protocols::Shares> {
    Call call = types_only;
    call.operands = std::move(shares);
    for (std::size_t i = 0; i < call.operands.size(); ++i) {
      // As a plan has it, which says who knows what; the harness knows whose inputs these are.
      call.operands[i].known_to = call.operand_types[i].known_to;
      if (call.operand_types[i].kind == Kind::kPublic) {
        // The harness shares constants; a plan's public values are plain words at every party.
        call.operands[i] = {};
        call.operands[i].kind = Kind::kPublic;
        call.operands[i].shape = call.operand_types[i].shape;
        call.operands[i].parts[0] = context.counting() ? protocols::Words::shape_only(inputs[i].values.size())
                                                       : protocols::Words::copy_of(inputs[i].values);
      }
    }
    co_return co_await kernel.run(context, call);
  };
  const auto outcome = protocols::conformance::run(table, inputs, operation, {.seed = seed});
  expect_predicted(table, kernel, types_only, outcome.traffic);
  EXPECT_EQ(outcome.results.size(), results.size());
  std::vector<Reals> decoded_results;
  for (std::size_t r = 0; r < results.size(); ++r) {
    EXPECT_EQ(outcome.results[r].size(), static_cast<std::size_t>(element_count(results[r].shape))) << name;
    Reals reals;
    const int fraction = results[r].kind == Kind::kBoolean ? 0 : results[r].fraction_bits;
    for (std::uint64_t value : outcome.results[r]) reals.push_back(decoded(value, fraction));
    decoded_results.push_back(std::move(reals));
  }
  return decoded_results;
}

inline Reals uniform(std::size_t count, double least, double most, int fraction_bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> distribution(least, most);
  Reals values(count);
  for (double& value : values) value = rounded(distribution(random), fraction_bits);
  return values;
}

// What Error(kPlan) an action throws; fails the test if it throws nothing.
inline std::string plan_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kPlan) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

}  // namespace sotto::kernels
