#include "cli/nebula_plan.h"

#include <array>
#include <string>
#include <vector>

#include "protocols/table.h"
#include "runtime/program.h"

namespace sotto::cli {
namespace {

constexpr int kScoreBits = 14;

class Writer {
 public:
  explicit Writer(const NebulaShape& shape) : shape_(shape) {}

  plan::Plan write() {
    plan_.set_format_version(plan::kFormatVersion);
    plan_.set_name("nebula");
    plan_.set_protocol("duo");
    plan_.set_log2_failure(-60);
    for (const char* side : kNebulaRoles) {
      auto& role = *plan_.add_roles();
      role.set_name(side);
      role.set_computes(true);
    }
    for (const char* name : {"load", "train", "finish"}) plan_.add_blocks()->set_name(name);
    load();
    train();
    finish();
    control(0, 1);
    for (std::int64_t epoch = 0; epoch < shape_.epochs; ++epoch) control(1, shape_.batches);
    control(2, 1);
    plan::carry_link(plan_, shape_.link);
    runtime::declare_costs(plan_);
    return std::move(plan_);
  }

 private:
  std::uint32_t value(const std::string& name, const Shape& shape, int fraction, int bound) {
    auto& value = *plan_.add_values();
    value.set_name(name);
    value.mutable_shape()->Add(shape.begin(), shape.end());
    value.set_sharing(plan::wire::ARITHMETIC);
    value.set_fraction_bits(fraction);
    value.set_bound_bits(bound);
    value.set_bound(plan::wire::DECLARED);
    return static_cast<std::uint32_t>(plan_.values_size() - 1);
  }

  plan::Operation& operation(int block, const char* kernel, const std::vector<std::uint32_t>& operands,
                             const std::vector<std::uint32_t>& results) {
    auto& operation = *plan_.mutable_blocks(block)->add_operations();
    operation.set_kernel(kernel);
    operation.mutable_operands()->Add(operands.begin(), operands.end());
    operation.mutable_results()->Add(results.begin(), results.end());
    return operation;
  }

  std::uint32_t input(const std::string& name, std::uint32_t role, const Shape& shape, int fraction,
                      int bound, bool dataset) {
    const auto id = value(name, shape, fraction, bound);
    auto& input = *plan_.add_inputs();
    input.set_name(name);
    input.set_value(id);
    input.set_role(role);
    input.set_dataset(dataset);
    operation(0, "input", {}, {id});
    return id;
  }

  void load() {
    const std::int64_t half = shape_.features / 2;
    for (std::uint32_t side = 0; side < 2; ++side) {
      const std::string name = kNebulaRoles[side];
      features_[side] = input("features." + name, side, {shape_.rows, half}, kFeatureBits, 0, true);
      weights_[side] = input("start." + name, 1 - side, {half, 1}, kWeightBits, 2, false);
      auto& state = *plan_.add_states();
      state.set_name("weights." + name);
      state.set_value(weights_[side]);
      state.set_parameter(true);
    }
    labels_ = input("labels", 1, {shape_.rows, 1}, kErrorBits, 1, true);
  }

  std::uint32_t batch_of(std::uint32_t dataset, const std::string& name, std::int64_t columns, int fraction,
                         int bound) {
    const auto rows = value(name, {shape_.batch(), columns}, fraction, bound);
    operation(1, "batch", {dataset}, {rows});
    return rows;
  }

  std::uint32_t product(std::uint32_t a, bool transposed, std::uint32_t b, std::uint32_t result) {
    auto& contraction = operation(1, "contract", {a, b}, {result});
    plan::set_attribute(contraction, "product", std::string_view("matmul"));
    plan::set_attribute(contraction, "transpose_a", std::int64_t{transposed});
    return result;
  }

  void train() {
    const Shape column = {shape_.batch(), 1};
    const std::int64_t half = shape_.features / 2;
    constexpr int kRawBits = kFeatureBits + kWeightBits;
    std::array<std::uint32_t, 2> rows, scores;
    for (std::size_t side = 0; side < 2; ++side) {
      const std::string name = kNebulaRoles[side];
      rows[side] = batch_of(features_[side], "rows." + name, half, kFeatureBits, 0);
      scores[side] = product(rows[side], false, weights_[side], value("scores." + name, column, kRawBits, 8));
    }
    const auto score = value("score", column, kScoreBits, 9),
               probability = value("probability", column, kErrorBits, 1),
               labels = batch_of(labels_, "labels.batch", 1, kErrorBits, 1),
               error = value("error", column, kErrorBits, 2);
    auto& sum = operation(1, "contract", {scores[0], scores[1]}, {score});
    plan::set_attribute(sum, "truncate", std::int64_t{kRawBits - kScoreBits});
    operation(1, "logistic", {score}, {probability});
    operation(1, "subtract", {probability, labels}, {error});
    for (std::size_t side = 0; side < 2; ++side) {
      const std::string name = kNebulaRoles[side];
      const auto change =
                     product(rows[side], true, error, value("change." + name, {half, 1}, kWeightBits, 2)),
                 next = value("next." + name, {half, 1}, kWeightBits, 2);
      operation(1, "subtract", {weights_[side], change}, {next});
      auto& update = *plan_.mutable_blocks(1)->add_updates();
      update.set_state(static_cast<std::uint32_t>(side));
      update.set_next(next);
    }
  }

  void finish() {
    for (std::uint32_t side = 0; side < 2; ++side) {
      operation(2, "reveal", {weights_[side]}, {});
      auto& reveal = *plan_.add_reveals();
      reveal.set_value(weights_[side]);
      reveal.add_roles(side);
      reveal.set_name("weights." + std::string(kNebulaRoles[side]));
    }
  }

  void control(std::uint32_t block, std::int64_t repeat) {
    auto& control = *plan_.add_control();
    control.set_block(block);
    control.set_repeat(static_cast<std::uint64_t>(repeat));
    control.set_phase(plan_.blocks(static_cast<int>(block)).name());
    if (block != 1) return;
    control.set_batch(static_cast<std::uint64_t>(shape_.batch()));
    control.set_rows(static_cast<std::uint64_t>(shape_.rows));
  }

  const NebulaShape shape_;
  plan::Plan plan_;
  std::array<std::uint32_t, 2> features_{}, weights_{};
  std::uint32_t labels_ = 0;
};

}  // namespace

plan::Plan nebula_plan(const NebulaShape& shape) { return Writer(shape).write(); }

}  // namespace sotto::cli
